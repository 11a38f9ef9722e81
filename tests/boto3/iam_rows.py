"""What IAM answers, row by row: status, code and message of each refusal, and that what is allowed succeeds.

The rows are those of the shared-provider controls and of IAM's recorded errors; where a text is only as clients report it,
or assumed, the service's own code says so.
"""

import json

import wire
from wire import ACCOUNT, SCOPED, allow, client, fresh, problems, refusal, trust

iam = client()
rows = 0
TAG_PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"


def row(name, actual, expected):
    global rows
    rows += 1
    if actual != expected:
        problems.append(f"{name}:\n  expected {expected}\n  actual   {actual}")


def refused(name, status, code, message, call, **parameters):
    row(name, refusal(call, **parameters), (status, code, message))


def taken(name, call, **parameters):
    row(name, refusal(call, **parameters), "it succeeded")


def constraint(*texts):
    several = "" if len(texts) == 1 else "s"
    text = "; ".join(f"Value at '{member}' failed to satisfy constraint: {demand}" for member, demand in texts)
    return f"{len(texts)} validation error{several} detected: {text}"


def at_most(number):
    return f"Member must have length less than or equal to {number}"


def at_least(number):
    return f"Member must have length greater than or equal to {number}"


def pattern(text):
    return f"Member must satisfy regular expression pattern: {text}"


def role(**parameters):
    name = fresh("role")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(condition=SCOPED), **parameters)
    return name


def policy(**parameters):
    return iam.create_policy(PolicyName=fresh("policy"), PolicyDocument=allow(), **parameters)["Policy"]["Arn"]


def provider(**parameters):
    url = f"https://{fresh('idp')}.example.com"
    made = iam.create_open_id_connect_provider(Url=url, **{"ThumbprintList": ["0" * 40], **parameters})
    return made["OpenIDConnectProviderArn"]


def create(document):
    """CreateRole with a trust policy, as the call and its parameters."""
    return {"call": iam.create_role, "RoleName": fresh("role"), "AssumeRolePolicyDocument": document}


# --- shared OIDC providers
SHARED = (
    "Trust policy with trusted principal gitlab.com must evaluate, using StringEquals, StringLike or "
    "StringEqualsIgnoreCase, gitlab.com:sub which is not scoped to all."
)


def sub(operator, value, key="gitlab.com:sub"):
    return {operator: {key: value}}


for name, condition in {
    "no condition": None,
    "aud alone": sub("StringEquals", "https://gitlab.com", "gitlab.com:aud"),
    "sub is a star": sub("StringLike", "*"),
    "a star in a list": sub("StringLike", ["project_path:group/*", "*"]),
    "StringNotEquals": sub("StringNotEquals", "x"),
    "StringNotLike": sub("StringNotLike", "x"),
    "StringLikeIfExists": sub("StringLikeIfExists", "x"),
    "StringEqualsIfExists": sub("StringEqualsIfExists", "x"),
    "Null": sub("Null", "false"),
    "NumericEquals": sub("NumericEquals", "1"),
    "Bool": sub("Bool", "true"),
}.items():
    refused(f"shared, {name}", 400, "MalformedPolicyDocument", SHARED, **create(trust(condition=condition)))
for name, condition in {
    "StringEquals": sub("StringEquals", "project_path:g/p:ref_type:branch:ref:main"),
    "StringLike": SCOPED,
    "StringEqualsIgnoreCase": sub("StringEqualsIgnoreCase", "x"),
    "a question mark": sub("StringLike", "?"),
    "two stars": sub("StringLike", "**"),
    "a star and a question mark": sub("StringLike", "*?"),
    "an empty text": sub("StringLike", ""),
    "an empty list": sub("StringLike", []),
    "a prefix": sub("StringLike", "owned:*"),
    "ForAnyValue": sub("ForAnyValue:StringEquals", "x"),
    "ForAllValues": sub("ForAllValues:StringEquals", "x"),
    "another case": sub("StringLike", "x", "GITLAB.COM:SUB"),
    "one good operator of two": {**sub("StringLike", "*"), **sub("StringEquals", "x")},
}.items():
    taken(f"shared, {name}", **create(trust(condition=condition)))
taken("shared, a deny", **create(trust(Effect="Deny")))
taken("shared, only sts:TagSession", **create(trust(Action="sts:TagSession")))
good = json.loads(trust(condition=SCOPED))["Statement"][0]
bare = json.loads(trust())["Statement"][0]


def statements(*all):
    return json.dumps({"Version": "2012-10-17", "Statement": list(all)})


refused("shared, one of two", 400, "MalformedPolicyDocument", SHARED, **create(statements(good, bare)))
taken("shared, an unscoped deny", **create(statements(good, {**bare, "Effect": "Deny"})))
github = "token.actions.githubusercontent.com"
GITHUB = (
    f"Trust policy with trusted principal arn:aws:iam::{ACCOUNT}:oidc-provider/{{0}} must evaluate, using StringEquals, "
    "StringLike or StringEqualsIgnoreCase, {0}:sub or {0}:job_workflow_ref which is not scoped to all."
)
for name, issuer, condition in [
    ("nothing", github, None),
    ("a star before", github, sub("StringLike", "*:x", f"{github}:sub")),
    ("a blank", github, sub("StringLike", " ", f"{github}:sub")),
    ("a path", f"{github}/private", None),
    ("a longer host", f"{github}other", None),
]:
    document = trust(issuer, condition)
    refused(f"github, {name}", 400, "MalformedPolicyDocument", GITHUB.format(issuer), **create(document))
taken("github, job_workflow_ref", **create(trust(github, sub("StringLike", "o/*", f"{github}:job_workflow_ref"))))
refused(
    "google", 400, "MalformedPolicyDocument",
    "Policy trusting accounts.google.com requires a StringEquals condition on an application id",
    **create(trust(Principal={"Federated": "accounts.google.com"})),
)
refused(
    "cognito", 400, "MalformedPolicyDocument", "A condition block must be present for the Cognito provider",
    **create(trust(Principal={"Federated": "cognito-identity.amazonaws.com"})),
)
taken("a self-managed host", **create(trust("gitlab.example.com")))
updated = role()
refused(
    "shared, updated", 400, "MalformedPolicyDocument", SHARED,
    iam.update_assume_role_policy, RoleName=updated, PolicyDocument=trust(),
)

# --- OIDC providers
create_provider = iam.create_open_id_connect_provider
for name, url in {"http": "http://example.com", "no scheme": "example.com", "words": "not a url"}.items():
    refused(f"url, {name}", 400, "ValidationError", "Invalid Open ID Connect Provider URL", create_provider, Url=url)
for name, url in {"query": "https://example.com?a=b", "fragment": "https://example.com#a"}.items():
    refused(f"url, {name}", 400, "InvalidInput", "Unknown", create_provider, Url=url)
prints = ["0" * 40]
taken("url, port 443", create_provider, Url="https://port.example.com:443", ThumbprintList=prints)
row(
    "url, port 443 is dropped",
    iam.get_open_id_connect_provider(OpenIDConnectProviderArn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/port.example.com")["Url"],
    "port.example.com",
)
taken("url, path", create_provider, Url="https://slash.example.com/path", ThumbprintList=prints)
taken("url, path with a slash is another", create_provider, Url="https://slash.example.com/path/", ThumbprintList=prints)
taken("url, upper case", create_provider, Url="https://CASE.example.com", ThumbprintList=prints)
taken("url, lower case is another", create_provider, Url="https://case.example.com", ThumbprintList=prints)
refused(
    "provider exists", 409, "EntityAlreadyExists", "Provider with url https://slash.example.com/path already exists.",
    create_provider, Url="https://slash.example.com/path", ThumbprintList=prints,
)
taken("five thumbprints", create_provider, Url="https://five.example.com", ThumbprintList=["x" * 40] * 5)
refused(
    "six thumbprints", 400, "InvalidInput", "Thumbprint list must contain fewer than 5 entries.",
    create_provider, Url="https://six.example.com", ThumbprintList=prints * 6,
)
refused(
    "101 client ids", 409, "LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
    create_provider, Url="https://ids.example.com", ThumbprintList=prints, ClientIDList=[f"c{n}" for n in range(101)],
)
taken(
    "101 client ids, two the same", create_provider, Url="https://ids.example.com", ThumbprintList=prints,
    ClientIDList=[f"c{n}" for n in range(100)] + ["c0"],
)
of_list = "Member must satisfy constraint: [{}, {}]"
refused(
    "everything too long", 400, "ValidationError",
    constraint(
        ("clientIDList", of_list.format(at_most(255), at_least(1))),
        ("thumbprintList", of_list.format(at_most(40), at_least(40))),
        ("url", at_most(255)),
    ),
    create_provider, Url="https://" + "a" * 260, ClientIDList=["a" * 256], ThumbprintList=["a" * 41],
)
refused("an empty url", 400, "ValidationError", constraint(("url", at_least(1))), create_provider, Url="")
refused("no url", 400, "ValidationError", constraint(("url", "Member must not be null")), create_provider)
refused(
    "an issuer that is not there", 400, "OpenIdIdpCommunicationError",
    "Could not connect to openid configuration of provider: https://nowhere.example.com",
    create_provider, Url="https://nowhere.example.com",
)
missing = f"arn:aws:iam::{ACCOUNT}:oidc-provider/none.example.com"
not_found = f"OpenIDConnect Provider not found for arn {missing}"
for name, call, more in [
    ("get", iam.get_open_id_connect_provider, {}),
    ("add", iam.add_client_id_to_open_id_connect_provider, {"ClientID": "a"}),
    ("remove", iam.remove_client_id_from_open_id_connect_provider, {"ClientID": "a"}),
    ("thumbprints", iam.update_open_id_connect_provider_thumbprint, {"ThumbprintList": prints}),
    ("tag", iam.tag_open_id_connect_provider, {"Tags": [{"Key": "a", "Value": "b"}]}),
    ("untag", iam.untag_open_id_connect_provider, {"TagKeys": ["a"]}),
    ("tags", iam.list_open_id_connect_provider_tags, {}),
]:
    refused(f"no provider, {name}", 404, "NoSuchEntity", not_found, call, OpenIDConnectProviderArn=missing, **more)
refused(
    "no provider, delete", 404, "NoSuchEntity", f"OpenId connect Provider {missing} cannot be found.",
    iam.delete_open_id_connect_provider, OpenIDConnectProviderArn=missing,
)
refused(
    "a short arn", 400, "ValidationError", constraint(("openIDConnectProviderArn", at_least(20))),
    iam.get_open_id_connect_provider, OpenIDConnectProviderArn="arn",
)
known = provider()
refused(
    "no thumbprints", 400, "InvalidInput", "Thumbprint list must contain at least one entry.",
    iam.update_open_id_connect_provider_thumbprint, OpenIDConnectProviderArn=known, ThumbprintList=[],
)
refused(
    "duplicate tags of a provider", 400, "InvalidInput", "Duplicate tag keys found.",
    iam.tag_open_id_connect_provider, OpenIDConnectProviderArn=known, Tags=[{"Key": "a", "Value": "b"}] * 2,
)
taken(
    "tags of a provider that differ in case", iam.tag_open_id_connect_provider, OpenIDConnectProviderArn=known,
    Tags=[{"Key": "a", "Value": "b"}, {"Key": "A", "Value": "b"}],
)
fifty = [{"Key": f"k{n}", "Value": ""} for n in range(50)]
full = provider(Tags=fifty)
MOST_TAGS = "The number of tags has reached the maximum limit."
refused(
    "a tag too many", 409, "LimitExceeded", MOST_TAGS,
    iam.tag_open_id_connect_provider, OpenIDConnectProviderArn=full, Tags=[{"Key": "one", "Value": "more"}],
)

# --- roles: constraints
name_pattern = pattern(r"[\w+=,.@-]+")
path_pattern = pattern(r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)")
for path in ["/a//b/", "/", "/a/"]:
    taken(f"path {path}", Path=path, **create(trust(condition=SCOPED)))
for path in ["//", "/team", "team/"]:
    refused(f"path {path}", 400, "ValidationError", constraint(("path", path_pattern)), Path=path, **create(trust()))
refused("a name with a slash", 400, "ValidationError", constraint(("roleName", name_pattern)), iam.get_role, RoleName="a/b")
refused("a long name", 400, "ValidationError", constraint(("roleName", at_most(64))), iam.get_role, RoleName="a" * 65)
refused("no name", 400, "ValidationError", constraint(("roleName", "Member must not be null")), iam.get_role)
for seconds, demand in {3599: "greater than or equal to 3600", 43201: "less than or equal to 43200"}.items():
    refused(
        f"sessions of {seconds} s", 400, "ValidationError",
        constraint(("maxSessionDuration", f"Member must have value {demand}")),
        MaxSessionDuration=seconds, **create(trust(condition=SCOPED)),
    )
refused(
    "a long description", 400, "ValidationError", constraint(("description", at_most(1000))),
    Description="x" * 1001, **create(trust(condition=SCOPED)),
)
for most, demand in {0: "greater than or equal to 1", 1001: "less than or equal to 1000"}.items():
    refused(
        f"{most} items", 400, "ValidationError", constraint(("maxItems", f"Member must have value {demand}")),
        iam.list_roles, MaxItems=most,
    )

# --- roles: what is there and what is not
no_role = "The role with name none cannot be found."
for name, call, more in [
    ("get", iam.get_role, {}),
    ("delete", iam.delete_role, {}),
    ("update", iam.update_role, {}),
    ("describe", iam.update_role_description, {"Description": "x"}),
    ("trust", iam.update_assume_role_policy, {"PolicyDocument": trust(condition=SCOPED)}),
    ("tag", iam.tag_role, {"Tags": [{"Key": "a", "Value": "b"}]}),
    ("untag", iam.untag_role, {"TagKeys": ["a"]}),
    ("tags", iam.list_role_tags, {}),
    ("put", iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": allow()}),
    ("get policy", iam.get_role_policy, {"PolicyName": "p"}),
    ("delete policy", iam.delete_role_policy, {"PolicyName": "p"}),
    ("policies", iam.list_role_policies, {}),
    ("attach", iam.attach_role_policy, {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
    ("detach", iam.detach_role_policy, {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
    ("attached", iam.list_attached_role_policies, {}),
    ("bound", iam.put_role_permissions_boundary, {"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
    ("unbound", iam.delete_role_permissions_boundary, {}),
    ("instance profiles", iam.list_instance_profiles_for_role, {}),
]:
    refused(f"no role, {name}", 404, "NoSuchEntity", no_role, call, RoleName="none", **more)
taken("a role", iam.create_role, RoleName="Taken", AssumeRolePolicyDocument=trust(condition=SCOPED))
for name in ["Taken", "tAKEN"]:
    refused(
        f"role {name} exists", 409, "EntityAlreadyExists", f"Role with name {name} already exists.",
        iam.create_role, RoleName=name, AssumeRolePolicyDocument=trust(condition=SCOPED),
    )
used = role()
iam.attach_role_policy(RoleName=used, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
refused(
    "delete with a managed policy", 409, "DeleteConflict", "Cannot delete entity, must detach all policies first.",
    iam.delete_role, RoleName=used,
)
used = role()
iam.put_role_policy(RoleName=used, PolicyName="p", PolicyDocument=allow())
refused(
    "delete with an inline policy", 409, "DeleteConflict", "Cannot delete entity, must delete policies first.",
    iam.delete_role, RoleName=used,
)
refused(
    "no instance profile", 404, "NoSuchEntity", "Instance Profile none cannot be found.",
    iam.remove_role_from_instance_profile, RoleName=used, InstanceProfileName="none",
)
for name, call in [("get", iam.get_role_policy), ("delete", iam.delete_role_policy)]:
    refused(
        f"no inline policy, {name}", 404, "NoSuchEntity", "The role policy with name none cannot be found.",
        call, RoleName=used, PolicyName="none",
    )
gone = f"arn:aws:iam::{ACCOUNT}:policy/none"
refused(
    "attach what is not there", 404, "NoSuchEntity", f"Policy {gone} does not exist or is not attachable.",
    iam.attach_role_policy, RoleName=used, PolicyArn=gone,
)
refused(
    "detach what is not attached", 404, "NoSuchEntity", f"Policy {gone} was not found.",
    iam.detach_role_policy, RoleName=used, PolicyArn=gone,
)
for name, call in [("attach", iam.attach_role_policy), ("detach", iam.detach_role_policy)]:
    refused(
        f"{name} what is no ARN", 400, "ValidationError", "ARN longpolicynamebutnoarn is not valid.",
        call, RoleName=used, PolicyArn="longpolicynamebutnoarn",
    )
refused(
    "a boundary that is no ARN", 400, "InvalidInput", "ARN longpolicynamebutnoarn is not valid.",
    iam.put_role_permissions_boundary, RoleName=used, PermissionsBoundary="longpolicynamebutnoarn",
)
refused(
    "a boundary that is not there", 404, "NoSuchEntity", f"Scope ARN: {gone} does not exist or is not attachable.",
    iam.put_role_permissions_boundary, RoleName=used, PermissionsBoundary=gone,
)
refused(
    "a new role with a boundary that is not there", 404, "NoSuchEntity",
    f"Scope ARN: {gone} does not exist or is not attachable.",
    PermissionsBoundary=gone, **create(trust(condition=SCOPED)),
)
attached = role()
for number in range(10):
    iam.attach_role_policy(RoleName=attached, PolicyArn=policy())
refused(
    "an eleventh policy", 409, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10",
    iam.attach_role_policy, RoleName=attached, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess",
)
refused(
    "inline policies too large", 409, "LimitExceeded", f"Maximum policy size of 10240 bytes exceeded for role {used}",
    iam.put_role_policy, RoleName=used, PolicyName="large", PolicyDocument=allow("s3:" + "x" * 10_300),
)

# --- roles: tags
for name, call, parameters in [
    ("create", iam.create_role, {"RoleName": "tagged", "AssumeRolePolicyDocument": trust(condition=SCOPED)}),
    ("tag", iam.tag_role, {"RoleName": used}),
]:
    for case, tags, status, code, message in [
        ("twice", ["a", "a"], 400, "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
        ("case", ["a", "A"], 400, "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
        ("many", [f"k{n}" for n in range(51)], 400, "ValidationError", constraint(("tags", at_most(50)))),
        ("long", ["k" * 129], 400, "ValidationError", constraint(("tags.1.member.key", at_most(128)))),
        ("odd", ["k#"], 400, "ValidationError", constraint(("tags.1.member.key", pattern(TAG_PATTERN)))),
    ]:
        tags = [{"Key": key, "Value": "v"} for key in tags]
        refused(f"tags, {name}, {case}", status, code, message, call, Tags=tags, **parameters)
    refused(
        f"tags, {name}, a long value", 400, "ValidationError", constraint(("tags.1.member.value", at_most(256))),
        call, Tags=[{"Key": "k", "Value": "v" * 257}], **parameters,
    )
demands = [at_most(128), at_least(1), pattern(TAG_PATTERN), "Member must not be null"]
for name, key in {"long": "k" * 129, "odd": "k#"}.items():
    refused(
        f"untag, {name}", 400, "ValidationError",
        constraint(("tagKeys", f"Member must satisfy constraint: [{', '.join(demands)}]")),
        iam.untag_role, RoleName=used, TagKeys=[key],
    )
refused(
    "untag, many", 400, "ValidationError", constraint(("tagKeys", at_most(50))),
    iam.untag_role, RoleName=used, TagKeys=[f"k{n}" for n in range(51)],
)
full = role(Tags=fifty)
refused("a role's tag too many", 409, "LimitExceeded", MOST_TAGS, iam.tag_role, RoleName=full, Tags=[{"Key": "x", "Value": ""}])

# --- trust policies
for name, code, message, document in [
    ("no JSON", "MalformedPolicyDocument", "This policy contains invalid Json", "{"),
    ("another action", "MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.", trust(Action="s3:*")),
    ("sts:*", "MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.", trust(Action="sts:*")),
    ("a resource", "MalformedPolicyDocument", "Has prohibited field Resource", trust(Resource="*")),
    *[
        (
            f"federated {value}", "MalformedPolicyDocument",
            "Federated principals must be valid domain names or SAML metadata ARNs",
            trust(Principal={"Federated": value}),
        )
        for value in ["", "https://gitlab.com", f"arn:aws:iam::{ACCOUNT}:role/x", f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/x"]
    ],
    *[
        (
            f"{kind} {value}", "MalformedPolicyDocument", f'Invalid principal in policy: "{shown}":"{value}"',
            trust(Principal={kind: value}, Action="sts:AssumeRole"),
        )
        for kind, shown, value in [
            ("AWS", "AWS", f"arn:aws:iam::{ACCOUNT}:role/none"),
            ("AWS", "AWS", f"arn:aws:iam::{ACCOUNT}:user/none"),
            ("Service", "SERVICE", "nobody"),
        ]
    ],
]:
    refused(f"trust, {name}", 400, code, message, **create(document))
    refused(
        f"trust, {name}, updated", 400, code, message,
        iam.update_assume_role_policy, RoleName=updated, PolicyDocument=document,
    )
taken("trust in a role that is there", **create(trust(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/{updated}"}, Action="sts:AssumeRole")))
long = trust(condition=sub("StringLike", ["project_path:" + "x" * 200] * 10))
refused("a long trust policy", 409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", **create(long))

# a role that is deleted is named by its id, and another one of its name is not trusted
deleted = role()
unique = iam.get_role(RoleName=deleted)["Role"]["RoleId"]
trusting = create(trust(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/{deleted}"}, Action="sts:AssumeRole"))
taken("trust in a role", **trusting)
iam.delete_role(RoleName=deleted)
document = iam.get_role(RoleName=trusting["RoleName"])["Role"]["AssumeRolePolicyDocument"]
row("a deleted role in a trust policy", document["Statement"][0]["Principal"]["AWS"], unique)

# --- managed policies
taken("a policy", iam.create_policy, PolicyName="Taken", PolicyDocument=allow())
refused(
    "policy exists", 409, "EntityAlreadyExists", "A policy called Taken already exists. Duplicate names are not allowed.",
    iam.create_policy, PolicyName="Taken", PolicyDocument=allow(),
)
arn = policy()
for number in range(4):
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow())
refused(
    "a sixth version", 409, "LimitExceeded",
    "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
    iam.create_policy_version, PolicyArn=arn, PolicyDocument=allow(),
)
for name, call in [
    ("get", iam.get_policy_version), ("delete", iam.delete_policy_version), ("default", iam.set_default_policy_version),
]:
    refused(
        f"no version, {name}", 404, "NoSuchEntity", f"Policy {arn} version v9 does not exist or is not attachable.",
        call, PolicyArn=arn, VersionId="v9",
    )
for name, call, more in [
    ("get", iam.get_policy, {}),
    ("delete", iam.delete_policy, {}),
    ("versions", iam.list_policy_versions, {}),
    ("version", iam.get_policy_version, {"VersionId": "v1"}),
    ("new version", iam.create_policy_version, {"PolicyDocument": allow()}),
    ("entities", iam.list_entities_for_policy, {}),
    ("tag", iam.tag_policy, {"Tags": [{"Key": "a", "Value": "b"}]}),
    ("tags", iam.list_policy_tags, {}),
]:
    refused(f"no policy, {name}", 404, "NoSuchEntity", f"Policy {gone} was not found.", call, PolicyArn=gone, **more)
refused(
    "delete the default version", 409, "DeleteConflict", "Cannot delete the default version of a policy.",
    iam.delete_policy_version, PolicyArn=arn, VersionId="v1",
)
in_use = policy()
iam.attach_role_policy(RoleName=used, PolicyArn=in_use)
refused(
    "delete an attached policy", 409, "DeleteConflict", "Cannot delete a policy attached to entities.",
    iam.delete_policy, PolicyArn=in_use,
)
refused(
    "duplicate tags of a policy", 400, "InvalidInput", "Duplicate tag keys found.",
    iam.tag_policy, PolicyArn=arn, Tags=[{"Key": "a", "Value": "b"}] * 2,
)
taken("tags of a policy that differ in case", iam.tag_policy, PolicyArn=arn, Tags=[{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}])
refused(
    "a large policy", 409, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144",
    iam.create_policy, PolicyName="large", PolicyDocument=allow("s3:" + "x" * 6144),
)

# --- documents of identity policies
SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
IAM_PATH = (
    'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, instance-profile/, '
    "mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/."
)
sid = json.loads(allow(Sid="same"))["Statement"][0]
iam_region = f"arn:aws:iam:us-east-1:{ACCOUNT}:role/x"
documents = [
    ("wrong types", SYNTAX, "[]"),
    ("unknown field", SYNTAX, allow(Unknown="x")),
    ("invalid effect", SYNTAX, allow(Effect="Permit")),
    ("action and not", SYNTAX, allow(NotAction="s3:*")),
    ("no statement", SYNTAX, json.dumps({"Version": "2012-10-17", "Statement": []})),
    ("no effect", SYNTAX, allow(Effect=None)),
    ("unknown operator", SYNTAX, allow(Condition={"StringIs": {"aws:x": "y"}})),
    ("another version", SYNTAX, allow().replace("2012-10-17", "2013-10-17")),
    ("no vendor", VENDOR, allow("GetObject")),
    ("a key without vendor", VENDOR, allow(Condition={"StringEquals": {"x": "y"}})),
    ("bad vendor", "Vendor a a is not valid", allow("a a:b")),
    ("two colons", "Actions/Condition can contain only one colon.", allow("a:b:c")),
    ("no ARN", 'Resource a must be in ARN format or "*".', allow(resource="a")),
    ("a partition", 'Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".', allow(resource="arn:b:c:d:e:f:g:h")),
    ("no resource", "Policy statement must contain resources.", allow(resource=None)),
    ("no action", "Policy statement must contain actions.", allow(None)),
    ("vendor with a star", "Resource vendor must be fully qualified and cannot contain regexes.", allow(resource="arn:aws:s*:::x")),
    ("IAM region", f"IAM resource {iam_region} cannot contain region information.", allow(resource=iam_region)),
    ("S3 region", "Resource arn:aws:s3:eu-west-1::b can not contain region information.", allow(resource="arn:aws:s3:eu-west-1::b")),
    ("IAM path", IAM_PATH, allow(resource=f"arn:aws:iam::{ACCOUNT}:x/y")),
    ("case of effect", LEGACY, allow(Effect="allow")),
    ("a bad date", LEGACY, allow(Condition={"DateLessThan": {"aws:CurrentTime": "soon"}})),
    ("a short ARN", LEGACY, allow(resource="arn:aws:s3::x")),
    ("a sid twice", "Statement IDs (SID) in a single policy must be unique.", statements(sid, sid)),
]
for name, message, document in documents:
    refused(f"policy, {name}", 400, "MalformedPolicyDocument", message, iam.create_policy, PolicyName="bad", PolicyDocument=document)
    refused(
        f"version, {name}", 400, "MalformedPolicyDocument", message,
        iam.create_policy_version, PolicyArn=in_use, PolicyDocument=document,
    )
    refused(
        f"inline, {name}", 400, "MalformedPolicyDocument", message,
        iam.put_role_policy, RoleName=used, PolicyName="bad", PolicyDocument=document,
    )
OLD = "Policy document must be version 2012-10-17 or greater."
for name, document in {
    "no version": json.dumps({"Statement": json.loads(allow())["Statement"]}),
    "version of 2008": allow().replace("2012-10-17", "2008-10-17"),
}.items():
    refused(f"policy, {name}", 400, "MalformedPolicyDocument", OLD, iam.create_policy, PolicyName="bad", PolicyDocument=document)
    taken(f"inline, {name}", iam.put_role_policy, RoleName=used, PolicyName="old", PolicyDocument=document)
refused("policy, no JSON", 400, "MalformedPolicyDocument", SYNTAX, iam.create_policy, PolicyName="bad", PolicyDocument="{")
for name, call, more in [
    ("version", iam.create_policy_version, {"PolicyArn": in_use}),
    ("inline", iam.put_role_policy, {"RoleName": used, "PolicyName": "bad"}),
]:
    refused(f"{name}, no JSON", 400, "MalformedPolicyDocument", "This policy contains invalid Json", call, PolicyDocument="{", **more)
for name, document in {
    "unknown operator without keys": allow(Condition={"StringIs": {}}),
    "an empty condition": allow(Condition={}),
    "an unknown service": allow("nosuchservice:*"),
    "blanks in an action": allow("s3:Get Object"),
}.items():
    taken(f"policy, {name}", iam.create_policy, PolicyName=fresh("odd"), PolicyDocument=document)

# --- who may call
def forbidden(name, message, call, **parameters):
    refused(name, 403, "AccessDenied", message, call, **parameters)


sts = client("sts")
credentials = {}
for role_name, document in {
    "nobody": None,
    "reader": allow(["iam:GetRole", "iam:SimulatePrincipalPolicy"], f"arn:aws:iam::{ACCOUNT}:role/*"),
    "denied": statements(
        {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:Delete*", "Resource": "*"}
    ),
}.items():
    trusted = trust(Principal={"AWS": "*"}, Action="sts:AssumeRole")
    iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=trusted)
    if document:
        iam.put_role_policy(RoleName=role_name, PolicyName="p", PolicyDocument=document)
# the root user assumes no roles; a user does
jane = client("sts", aws_access_key_id="AKIAJANE", aws_secret_access_key="jane")


def as_role(role_name, **parameters):
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role_name}"
    given = jane.assume_role(RoleArn=arn, RoleSessionName="me", **parameters)["Credentials"]
    return client(
        aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def user(role_name):
    return f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{role_name}/me is not authorized to perform: "


LACK = "because no identity-based policy allows the {} action"
nobody, reader, denied = as_role("nobody"), as_role("reader"), as_role("denied")
for action, resource, call, parameters in [
    ("GetRole", "role nobody", nobody.get_role, {"RoleName": "nobody"}),
    ("CreateRole", f"arn:aws:iam::{ACCOUNT}:role/x", nobody.create_role, {"RoleName": "x", "AssumeRolePolicyDocument": trust()}),
    ("CreatePolicy", "policy x", nobody.create_policy, {"PolicyName": "x", "PolicyDocument": allow()}),
    ("GetPolicy", f"policy {in_use}", nobody.get_policy, {"PolicyArn": in_use}),
    ("ListPolicies", "policy path /", nobody.list_policies, {}),
    ("ListRoles", f"arn:aws:iam::{ACCOUNT}:role/", nobody.list_roles, {}),
    ("ListAccountAliases", "*", nobody.list_account_aliases, {}),
    (
        "CreateOpenIDConnectProvider", f"arn:aws:iam::{ACCOUNT}:oidc-provider/x.example.com",
        nobody.create_open_id_connect_provider, {"Url": "https://x.example.com"},
    ),
]:
    message = f"{user('nobody')}iam:{action} on resource: {resource} {LACK.format(f'iam:{action}')}"
    forbidden(f"nobody, {action}", message, call, **parameters)
taken("reader, GetRole", reader.get_role, RoleName="reader")
forbidden(
    "reader, ListRolePolicies", f"{user('reader')}iam:ListRolePolicies on resource: role reader {LACK.format('iam:ListRolePolicies')}",
    reader.list_role_policies, RoleName="reader",
)
forbidden(
    "an explicit deny", f"{user('denied')}iam:DeleteRole on resource: role reader with an explicit deny in an identity-based policy",
    denied.delete_role, RoleName="reader",
)
narrow = as_role("denied", Policy=allow("iam:ListRoles"))
taken("a session policy allows", narrow.list_roles)
forbidden(
    "a session policy lacks", f"{user('denied')}iam:GetRole on resource: role reader because no session policy allows the iam:GetRole action",
    narrow.get_role, RoleName="reader",
)
managed = as_role("denied", PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}])
forbidden(
    "a managed session policy lacks",
    f"{user('denied')}iam:GetRole on resource: role reader because no session policy allows the iam:GetRole action",
    managed.get_role, RoleName="reader",
)
iam.put_role_permissions_boundary(RoleName="denied", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
forbidden(
    "a boundary lacks", f"{user('denied')}iam:GetRole on resource: role reader because no permissions boundary allows the iam:GetRole action",
    denied.get_role, RoleName="reader",
)
iam.delete_role_policy(RoleName="reader", PolicyName="p")
forbidden(
    "what is taken away is gone at once", f"{user('reader')}iam:GetRole on resource: role reader {LACK.format('iam:GetRole')}",
    reader.get_role, RoleName="reader",
)
INVALID = "The security token included in the request is invalid."
given = jane.get_session_token()["Credentials"]
session = client(
    aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"]
)
refused("a session of GetSessionToken", 403, "InvalidClientTokenId", INVALID, session.list_roles)
iam.delete_role(RoleName="reader")
refused("a session whose role is gone", 403, "InvalidClientTokenId", INVALID, reader.list_roles)
other = client(aws_access_key_id="AKIAOTHER", aws_secret_access_key="x")
refused("another key", 403, "InvalidClientTokenId", INVALID, other.list_roles)
wrong = client(aws_access_key_id="AKIAJANE", aws_secret_access_key="x")
refused(
    "another secret", 403, "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
    "signing method. Consult the service documentation for details.",
    wrong.list_roles,
)

# --- the alias of the account
refused(
    "a long alias", 400, "ValidationError",
    constraint(("accountAlias", pattern("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$")), ("accountAlias", at_most(63))),
    iam.create_account_alias, AccountAlias="a" * 64,
)

# --- users
row("GetUser of a user", client(aws_access_key_id="AKIAJANE", aws_secret_access_key="jane").get_user()["User"]["UserName"], "jane")
refused("no user", 404, "NoSuchEntity", "The user with name none cannot be found.", iam.get_user, UserName="none")
refused(
    "GetUser of a session", 400, "ValidationError", "Must specify userName when calling with non-User credentials", nobody.get_user
)

wire.finish("rows", rows)
