"""What the IAM tests share: a client, what went over the wire, and the service model it is held against.

Run with boto3 of the pinned version; AWS_ENDPOINT_URL and the administrator's keys are in the environment.
"""

import itertools
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "111122223333"
NAMESPACE = "{https://iam.amazonaws.com/doc/2010-05-08/}"

# Errors that every operation may have and the model does not repeat ("Common errors", IAM API Reference).
COMMON = {
    "AccessDenied", "ExpiredToken", "IncompleteSignature", "InvalidAction", "InvalidClientTokenId", "MalformedInput",
    "MissingAuthenticationToken", "NotImplemented", "SignatureDoesNotMatch", "ValidationError",
}
# Errors that were recorded of an operation and that the model does not list for it.
RECORDED = {
    ("CreateRole", "NoSuchEntity"),  # a boundary that does not exist
    ("TagRole", "InvalidInput"), ("UntagRole", "InvalidInput"),
    ("UpdateAssumeRolePolicy", "LimitExceeded"),
    ("UpdateOpenIDConnectProviderThumbprint", "LimitExceeded"),
}
# Recorded values that the model's enumerations have not.
VALUES = {("PermissionsBoundaryAttachmentType", "Policy"), ("PolicySourceType", "IAM Policy")}
# Members that the model requires and AWS leaves out: the root user has neither a path nor a name.
ABSENT = {("User", "Path"), ("User", "UserName")}

# Values of another length than the model has: the id of the root user is that of the account.
LENGTHS = {"GetUser.User.UserId"}

numbers = itertools.count(1)
problems = []
succeeded = set()


def fresh(prefix):
    """A name that no other row has."""
    return f"{prefix}{next(numbers)}"


def client(service="iam", **options):
    """A client that neither checks parameters nor retries, so that the service's own answers are seen."""
    config = Config(parameter_validation=False, retries={"max_attempts": 0, "mode": "standard"})
    made = boto3.client(service, config=config, region_name="us-east-1", **options)
    if service == "iam":
        made.meta.events.register("after-call.iam", _after_call)
    return made


def _after_call(http_response, parsed, model, **_):
    text = http_response.text
    root = ElementTree.fromstring(text)
    if http_response.status_code >= 300:
        _check_error(model, root, http_response.status_code)
        return
    succeeded.add(model.name)
    _expect(root.tag == f"{NAMESPACE}{model.name}Response", model.name, f"the root is {root.tag}")
    result = root.find(f"{NAMESPACE}{model.name}Result")
    others = {child.tag for child in root} - {f"{NAMESPACE}{model.name}Result", f"{NAMESPACE}ResponseMetadata"}
    _expect(not others, model.name, f"unknown elements {others}")
    request_id = root.findtext(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId") or ""
    _expect(re.fullmatch(r"[0-9a-f-]{36}", request_id), model.name, f"the request id is {request_id!r}")
    if model.output_shape is None:
        _expect(result is None, model.name, "a result, and the model has none")
    else:
        _expect(result is not None, model.name, "no result")
        if result is not None:
            _check(model.name, result, model.output_shape)


def _expect(holds, place, problem):
    if not holds:
        problems.append(f"{place}: {problem}")


def _check(place, element, shape):
    """Holds an element against its shape: nothing missing, nothing unknown, each value of its type."""
    text = element.text or ""
    if shape.type_name == "structure":
        names = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        found = [child.tag.removeprefix(NAMESPACE) for child in element]
        _expect(len(found) == len(set(found)), place, f"an element is there twice: {found}")
        for child in element:
            tag = child.tag.removeprefix(NAMESPACE)
            if tag not in names:
                problems.append(f"{place}: {tag} is not a member of {shape.name}")
                continue
            _check(f"{place}.{tag}", child, names[tag][1])
        for required in shape.required_members:
            _expect(required in found or (shape.name, required) in ABSENT, place, f"no {required}")
    elif shape.type_name == "list":
        for child in element:
            _expect(child.tag == f"{NAMESPACE}member", place, f"{child.tag} in a list")
            _check(f"{place}[]", child, shape.member)
    elif shape.type_name == "timestamp":
        _expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", text), place, f"{text!r} is no date")
    elif shape.type_name in ("integer", "long"):
        _expect(re.fullmatch(r"\d+", text), place, f"{text!r} is no integer")
    elif shape.type_name == "boolean":
        _expect(text in ("true", "false"), place, f"{text!r} is no Boolean")
    else:
        _check_string(place, text, shape)


def _check_string(place, text, shape):
    if shape.enum and (shape.name, text) not in VALUES:
        _expect(text in shape.enum, place, f"{text!r} is not in {shape.enum}")
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", sys.maxsize)
    # documents are sent encoded, and the model means them as they are
    if shape.name != "policyDocumentType":
        _expect(least <= len(text) <= most or place in LENGTHS, place, f"{text!r} has {len(text)} characters")


def _check_error(model, root, status):
    _expect(root.tag.endswith("}ErrorResponse"), model.name, f"the root of an error is {root.tag}")
    code = root.findtext(".//{*}Code")
    statuses = {}
    for shape in model.error_shapes:
        error = shape.metadata.get("error", {})
        statuses[error.get("code", shape.name)] = error.get("httpStatusCode")
    if code in statuses:
        _expect(status == statuses[code], model.name, f"{code} has the status {status}, not {statuses[code]}")
    elif code not in COMMON and (model.name, code) not in RECORDED:
        problems.append(f"{model.name}: the error {code} is neither modelled nor recorded")
    fault = root.findtext(".//{*}Type")
    _expect(fault == ("Sender" if status < 500 else "Receiver"), model.name, f"the type of an error is {fault}")


def refusal(call, **parameters):
    """Status, code and message of a call that is refused."""
    try:
        call(**parameters)
    except ClientError as error:
        response = error.response
        return (
            response["ResponseMetadata"]["HTTPStatusCode"],
            response["Error"]["Code"],
            response["Error"]["Message"],
        )
    return "it succeeded"


def finish(what, number):
    """Says what came of it, and fails if anything is wrong."""
    for problem in problems:
        print(problem)
    print(f"{number} {what}, {len(problems)} problems (botocore {botocore.__version__})")
    sys.exit(1 if problems else 0)


def trust(issuer="gitlab.com", condition=None, **changes):
    """A trust policy with one statement."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    if condition is not None:
        statement["Condition"] = condition
    statement.update(changes)
    statement = {name: value for name, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


SCOPED = {"StringLike": {"gitlab.com:sub": "project_path:group/*"}}


def allow(action="s3:GetObject", resource="*", **changes):
    """An identity policy with one statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **changes}
    statement = {name: value for name, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
