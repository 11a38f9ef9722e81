"""Makes the calls of STS that standard input lists, and prints what came of each, one JSON object a line.

A call is {"name", "operation", "parameters"} and optionally "keys" ([id, secret, token]) and "region". The answer is
{"name", "status", "code", "message"}, of a success {"name", "status", "result"}, and in both cases "problems": in what
the answer does not fit the service model.
"""

import datetime
import json
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree

import boto3
import botocore
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

NAMESPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"
FAULTS = "{http://webservices.amazon.com/AWSFault/2005-15-09}"

# Errors of every operation ("Common errors", STS API Reference) and those recorded that the model does not list.
COMMON = {
    "AccessDenied", "ExpiredToken", "IncompleteSignature", "InternalFailure", "InvalidAction", "InvalidClientTokenId",
    "InvalidParameterValue", "MalformedInput", "MissingAuthenticationToken", "SignatureDoesNotMatch", "ValidationError",
}


def check_value(element, shape, place, problems):
    """Holds an element against its shape: nothing unknown, nothing twice, nothing that is required missing."""
    text = element.text or ""
    if shape.type_name == "structure":
        seen = [child.tag.removeprefix(NAMESPACE) for child in element]
        for name in seen:
            if name not in shape.members:
                problems.append(f"{place} has the unknown member {name}")
            if seen.count(name) > 1:
                problems.append(f"{place}.{name} is there twice")
        for name in shape.required_members:
            if name not in seen:
                problems.append(f"{place} lacks {name}")
        for child in element:
            member = shape.members.get(child.tag.removeprefix(NAMESPACE))
            if member is not None:
                check_value(child, member, f"{place}.{child.tag.removeprefix(NAMESPACE)}", problems)
    elif shape.type_name == "timestamp":
        datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    elif shape.type_name == "integer":
        int(text)
    elif shape.type_name == "string":
        # what AWS accepts and repeats is longer or shorter at times than the model says (recorded of subjects)
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 1 << 30)
        if shape.name != "webIdentitySubjectType" and not least <= len(text) <= most:
            problems.append(f"{place} has {len(text)} characters, and not {least} to {most}")
    else:
        problems.append(f"{place} is of type {shape.type_name}, which this test does not know")


def check(model, status, body):
    """In what an answer does not fit the model."""
    problems = []
    root = ElementTree.fromstring(body)
    if status < 300:
        if root.tag != f"{NAMESPACE}{model.name}Response":
            problems.append(f"the root is {root.tag}")
        parts = [child.tag.removeprefix(NAMESPACE) for child in root]
        if parts != [f"{model.name}Result", "ResponseMetadata"]:
            problems.append(f"the parts are {parts}")
        check_value(root[0], model.output_shape, model.name, problems)
        return problems
    space = root.tag.removesuffix("ErrorResponse")
    if space not in (NAMESPACE, FAULTS):
        problems.append(f"the root is {root.tag}")
    fault, code = root.findtext(f"{space}Error/{space}Type"), root.findtext(f"{space}Error/{space}Code")
    modelled = {}
    for shape in model.error_shapes:
        error = shape.metadata.get("error", {})
        modelled[error.get("code", shape.name)] = error.get("httpStatusCode")
    if code in modelled and modelled[code] != status:
        problems.append(f"{code} has the status {modelled[code]} in the model, and not {status}")
    if code not in modelled and code not in COMMON:
        problems.append(f"{code} is an error of neither the operation nor all operations")
    if fault != ("Sender" if status < 500 else "Receiver"):
        problems.append(f"the type of the error is {fault}")
    if not root.findtext(f"{space}RequestId"):
        problems.append("no request id")
    return problems


def call(order, endpoint):
    # `before-call` and the like see what the SDK would send; this sees what came back, before it is parsed.
    came = {}
    options = {}
    if order.get("keys"):
        key_id, secret, token = order["keys"]
        options = {"aws_access_key_id": key_id, "aws_secret_access_key": secret, "aws_session_token": token}
    sts = boto3.client(
        "sts",
        endpoint_url=endpoint,
        region_name=order.get("region", "us-east-1"),
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
        **options,
    )
    operation = order["operation"]
    sts.meta.events.register(
        f"response-received.sts.{operation}",
        lambda response_dict, **_: came.update(status=response_dict["status_code"], body=response_dict["body"]),
    )
    answer = {"name": order["name"]}
    if order.get("presigned"):
        url = sts.generate_presigned_url(xform_name(operation), Params=order["parameters"], HttpMethod="GET")
        try:
            with urllib.request.urlopen(url) as response:
                came = {"status": response.status, "body": response.read()}
        except urllib.error.HTTPError as error:
            came = {"status": error.code, "body": error.read()}
        answer["result"] = came["body"].decode()
    else:
        try:
            result = getattr(sts, xform_name(operation))(**order["parameters"])
            del result["ResponseMetadata"]
            answer["result"] = result
        except ClientError as error:
            answer["code"] = error.response["Error"]["Code"]
            answer["message"] = error.response["Error"]["Message"]
    answer["status"] = came["status"]
    answer["problems"] = check(sts.meta.service_model.operation_model(operation), came["status"], came["body"])
    return answer


def main():
    orders = json.load(sys.stdin)
    for order in orders["calls"]:
        print(json.dumps(call(order, orders["endpoint"]), default=str), flush=True)
    print(f"botocore {botocore.__version__}", file=sys.stderr)


main()
