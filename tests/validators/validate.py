"""Checks an ID token as GitLab's own `ci:validate_id_token_configuration` does, with PyJWT: the issuer's discovery document
names the issuer, its key set has the key, the signature is the key's.

validate.py AUTHORITY AUDIENCE < TOKEN; prints the claims.
"""
import json
import ssl
import sys
import urllib.request

import jwt

authority, audience = sys.argv[1:]
token = sys.stdin.read().strip()
trust = ssl.create_default_context(cafile=authority)

issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
place = issuer.rstrip("/") + "/.well-known/openid-configuration"
with urllib.request.urlopen(place, context=trust) as answer:
    discovery = json.load(answer)
if discovery["issuer"] != issuer:
    sys.exit(f"the discovery document is of {discovery['issuer']}, the token of {issuer}")
keys = jwt.PyJWKClient(discovery["jwks_uri"], ssl_context=trust)
key = keys.get_signing_key_from_jwt(token)
algorithms = discovery["id_token_signing_alg_values_supported"]
claims = jwt.decode(token, key.key, algorithms=algorithms, audience=audience, issuer=issuer)
print(json.dumps(claims))
