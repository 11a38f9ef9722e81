"""Every operation of IAM that is implemented answers in the shapes of the service model, with nothing missing or unknown."""

import json

import wire
from wire import ACCOUNT, SCOPED, allow, client, problems, refusal, trust

iam = client()


def expect(holds, problem):
    if not holds:
        problems.append(problem)


# --- OIDC providers
created = iam.create_open_id_connect_provider(
    Url="https://gitlab.example.com/git",
    ClientIDList=["a", "b", "a"],
    ThumbprintList=["A" * 40],
    Tags=[{"Key": "k1", "Value": "v1"}, {"Key": "K1", "Value": ""}],
)
provider = created["OpenIDConnectProviderArn"]
expect(provider == f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.example.com/git", provider)
expect([tag["Key"] for tag in created["Tags"]] == ["k1", "K1"], f"tags {created['Tags']}")
iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID="c")
iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID="c")
iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID="a")
iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID="none")
iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=provider, ThumbprintList=["b" * 40, "b" * 40])
iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=provider, Tags=[{"Key": "k2", "Value": "v2"}])
iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=provider, TagKeys=["K1", "none"])
got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)
expect(got["Url"] == "gitlab.example.com/git", f"url {got['Url']}")
expect(got["ClientIDList"] == ["b", "c"], f"client ids {got['ClientIDList']}")
expect(got["ThumbprintList"] == ["b" * 40] * 2, f"thumbprints {got['ThumbprintList']}")
expect([tag["Key"] for tag in got["Tags"]] == ["k1", "k2"], f"tags {got['Tags']}")
first = iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=provider, MaxItems=1)
rest = iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=provider, Marker=first["Marker"])
expect((first["IsTruncated"], rest["IsTruncated"]) == (True, False), "the parts of tags")
expect(first["Tags"] + rest["Tags"] == got["Tags"], "the tags in parts")
listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
expect({"Arn": provider} in listed, f"{provider} is not in {listed}")
iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)

# without a thumbprint IAM asks the issuer, which is in this world
own = iam.create_open_id_connect_provider(Url="https://gitlab.com", ClientIDList=["https://gitlab.com"])
expect("Tags" not in own, "tags that were not given")
got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=own["OpenIDConnectProviderArn"])
expect(len(got["ThumbprintList"]) == 1 and len(got["ThumbprintList"][0]) == 40, f"thumbprints {got['ThumbprintList']}")
expect(got["CreateDate"].microsecond % 1000 == 0, "dates of providers have milliseconds")
expect(got["Tags"] == [], "tags are there though empty")

# --- managed policies
policy = iam.create_policy(
    PolicyName="base", Path="/p/", Description="d", PolicyDocument=allow(), Tags=[{"Key": "k", "Value": "v"}]
)["Policy"]
arn = policy["Arn"]
expect(arn == f"arn:aws:iam::{ACCOUNT}:policy/p/base", arn)
expect(policy["PolicyId"].startswith("ANPA") and len(policy["PolicyId"]) == 21, policy["PolicyId"])
expect("Description" not in policy, "CreatePolicy does not repeat the description")
expect((policy["DefaultVersionId"], policy["AttachmentCount"], policy["IsAttachable"]) == ("v1", 0, True), f"{policy}")
version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow("s3:*"), SetAsDefault=True)["PolicyVersion"]
expect((version["VersionId"], version["IsDefaultVersion"]) == ("v2", True), f"{version}")
iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow("s3:*"))["PolicyVersion"]
expect(version["VersionId"] == "v3", "numbers of versions are not given twice")
document = iam.get_policy_version(PolicyArn=arn, VersionId="v3")["PolicyVersion"]["Document"]
expect(document == json.loads(allow("s3:*")), f"{document}")
versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
expect([(it["VersionId"], it["IsDefaultVersion"]) for it in versions] == [("v3", False), ("v1", True)], f"{versions}")
iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "K", "Value": "w"}])
iam.untag_policy(PolicyArn=arn, TagKeys=["k"])
expect(iam.list_policy_tags(PolicyArn=arn)["Tags"] == [{"Key": "K", "Value": "w"}], "the tags of a policy")
got = iam.get_policy(PolicyArn=arn)["Policy"]
expect((got["Description"], got["Tags"]) == ("d", [{"Key": "K", "Value": "w"}]), f"{got}")

# --- roles
role = iam.create_role(
    RoleName="Deploy",
    Path="/ci/",
    AssumeRolePolicyDocument=trust(condition=SCOPED),
    Description="deploys",
    MaxSessionDuration=7200,
    PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess",
    Tags=[{"Key": "team", "Value": "shop"}],
)["Role"]
expect(role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/ci/Deploy", role["Arn"])
expect(role["RoleId"].startswith("AROA") and len(role["RoleId"]) == 21, role["RoleId"])
expect("Description" not in role and "MaxSessionDuration" not in role, "CreateRole repeats neither")
expect(role["PermissionsBoundary"]["PermissionsBoundaryType"] == "Policy", f"{role['PermissionsBoundary']}")
expect(role["AssumeRolePolicyDocument"] == json.loads(trust(condition=SCOPED)), "the document")
got = iam.get_role(RoleName="deploy")["Role"]
expect(got["RoleName"] == "Deploy", "names are found whatever their case, and keep it")
expect((got["Description"], got["MaxSessionDuration"], got["RoleLastUsed"]) == ("deploys", 7200, {}), f"{got}")
iam.update_role(RoleName="Deploy", MaxSessionDuration=3600)
expect(iam.get_role(RoleName="Deploy")["Role"]["Description"] == "deploys", "what is not given stays")
described = iam.update_role_description(RoleName="Deploy", Description="other")["Role"]
expect(described["Description"] == "other" and "MaxSessionDuration" not in described, f"{described}")
iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=trust(condition=SCOPED))
iam.tag_role(RoleName="Deploy", Tags=[{"Key": "TEAM", "Value": "other"}, {"Key": "b", "Value": ""}])
tags = iam.list_role_tags(RoleName="Deploy")["Tags"]
expect(tags == [{"Key": "team", "Value": "other"}, {"Key": "b", "Value": ""}], f"{tags}")
iam.untag_role(RoleName="Deploy", TagKeys=["B"])
iam.put_role_permissions_boundary(RoleName="Deploy", PermissionsBoundary=arn)
iam.attach_role_policy(RoleName="Deploy", PolicyArn=arn)
iam.attach_role_policy(RoleName="Deploy", PolicyArn=arn)
iam.attach_role_policy(RoleName="Deploy", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
attached = iam.list_attached_role_policies(RoleName="Deploy", PathPrefix="/p/")["AttachedPolicies"]
expect(attached == [{"PolicyName": "base", "PolicyArn": arn}], f"{attached}")
entities = iam.list_entities_for_policy(PolicyArn=arn)
expect([it["RoleName"] for it in entities["PolicyRoles"]] == ["Deploy"], f"{entities}")
used = iam.get_policy(PolicyArn=arn)["Policy"]
expect((used["AttachmentCount"], used["PermissionsBoundaryUsageCount"]) == (1, 1), f"{used}")
iam.put_role_policy(RoleName="Deploy", PolicyName="Inline", PolicyDocument=allow("ec2:*"))
inline = iam.get_role_policy(RoleName="Deploy", PolicyName="inLINE")
expect((inline["PolicyName"], inline["PolicyDocument"]) == ("inLINE", json.loads(allow("ec2:*"))), f"{inline}")
expect(iam.list_role_policies(RoleName="Deploy")["PolicyNames"] == ["Inline"], "the inline policies")
expect(iam.list_instance_profiles_for_role(RoleName="Deploy")["InstanceProfiles"] == [], "instance profiles")
listed = iam.list_roles(PathPrefix="/ci/")["Roles"]
expect([it["RoleName"] for it in listed] == ["Deploy"] and "Tags" not in listed[0], f"{listed}")

# --- everything at once, and in parts
scopes = {scope: [it["PolicyName"] for it in iam.list_policies(Scope=scope)["Policies"]] for scope in ("AWS", "Local")}
expect(scopes["Local"] == ["base"] and "ReadOnlyAccess" in scopes["AWS"], f"{scopes}")
attached = [it["PolicyName"] for it in iam.list_policies(OnlyAttached=True)["Policies"]]
expect(attached == ["base", "AmazonS3ReadOnlyAccess"], f"{attached}")
for name in ("one", "two", "three"):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(condition=SCOPED))
pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 2})
names = [[it["RoleName"] for it in page["Roles"]] for page in pages]
expect(names == [["Deploy", "one"], ["three", "two"]], f"{names}")
details = iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 1})
details = details.build_full_result()
expect([it["RoleName"] for it in details["RoleDetailList"]] == ["Deploy", "one", "three", "two"], "the roles' details")
expect([it["PolicyName"] for it in details["Policies"]] == ["base", "AmazonS3ReadOnlyAccess"], "the policies' details")
only = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])
expect((only["RoleDetailList"], len(only["Policies"])) == ([], 1), "filtered details")
expect(iam.list_account_aliases()["AccountAliases"] == ["acme"], "the alias")
iam.create_account_alias(AccountAlias="other")
iam.delete_account_alias(AccountAlias="other")
expect(iam.list_account_aliases()["AccountAliases"] == [], "the alias is gone")
expect(iam.get_user()["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:root", "the root user")

# --- simulation
results = iam.simulate_custom_policy(
    PolicyInputList=[allow("s3:Get*", "arn:aws:s3:::b/*"), allow("s3:*", Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})],
    ActionNames=["s3:GetObject", "s3:PutObject"],
    ResourceArns=["arn:aws:s3:::b/k", "arn:aws:s3:::c/k"],
)["EvaluationResults"]
decisions = [it["EvalDecision"] for it in results]
expect(decisions == ["allowed", "implicitDeny", "implicitDeny", "implicitDeny"], f"{decisions}")
expect(results[0]["MatchedStatements"][0]["SourcePolicyId"] == "PolicyInputList.1", f"{results[0]}")
expect(results[0]["MissingContextValues"] == ["aws:SecureTransport"], f"{results[0]}")
denied = iam.simulate_custom_policy(
    PolicyInputList=[allow("*"), allow("s3:*", Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})],
    ActionNames=["s3:GetObject"],
    ContextEntries=[
        {"ContextKeyName": "aws:SecureTransport", "ContextKeyValues": ["false"], "ContextKeyType": "boolean"}
    ],
)["EvaluationResults"][0]
expect((denied["EvalDecision"], denied["MissingContextValues"]) == ("explicitDeny", []), f"{denied}")
results = iam.simulate_principal_policy(
    PolicySourceArn=role["Arn"], ActionNames=["s3:GetObject", "s3:PutObject", "ec2:RunInstances"]
)["EvaluationResults"]
decisions = [it["EvalDecision"] for it in results]
# the boundary is `base`, whose default version allows s3:GetObject alone
expect(decisions == ["allowed", "implicitDeny", "implicitDeny"], f"{decisions}")
bounded = [it["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"] for it in results]
expect(bounded == [True, False, False], f"{bounded}")

conditional = allow(Condition={"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"s3:prefix": "x"}})
keys = iam.get_context_keys_for_custom_policy(PolicyInputList=[conditional])["ContextKeyNames"]
expect(keys == ["aws:SecureTransport", "s3:prefix"], f"{keys}")
keys = iam.get_context_keys_for_principal_policy(PolicySourceArn=role["Arn"], PolicyInputList=[conditional])
expect(keys["ContextKeyNames"] == ["aws:SecureTransport", "s3:prefix"], f"{keys}")

# --- taking it down
iam.delete_role_policy(RoleName="Deploy", PolicyName="INLINE")
iam.detach_role_policy(RoleName="Deploy", PolicyArn=arn)
iam.detach_role_policy(RoleName="Deploy", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
iam.delete_role_permissions_boundary(RoleName="Deploy")
iam.delete_role(RoleName="Deploy")
iam.delete_policy_version(PolicyArn=arn, VersionId="v3")
iam.delete_policy(PolicyArn=arn)
iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=own["OpenIDConnectProviderArn"])

# --- what is implemented was called, and what is not says so
methods = {operation: method for method, operation in iam.meta.method_to_api_mapping.items()}
# there are no instance profiles, so that nothing can be removed from one
always_refused = {"RemoveRoleFromInstanceProfile"}
for operation in set(methods) - wire.succeeded - always_refused:
    status, code, _ = refusal(getattr(iam, methods[operation]))
    expect((status, code) == (501, "NotImplemented"), f"{operation} is implemented and was not called: {status} {code}")
wire.finish("operations", len(wire.succeeded))
