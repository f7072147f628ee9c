"""Issues and verifies tokens by a Python library: `peer.py LIBRARY issue|verify`, a JSON document in, one out."""

import json
import sys


class PyJwt:
    def __init__(self, secret, jwk):
        import jwt

        self.jwt = jwt
        self.keys = {"HS256": secret, "ES256": jwt.PyJWK(jwk).key}

    def issue(self, alg, header, claims):
        return self.jwt.encode(claims, self.keys[alg], alg, headers=header)

    def verify(self, alg, token):
        key = self.keys[alg]
        if alg == "ES256" and hasattr(key, "public_key"):
            key = key.public_key()
        # The audience is for the caller to look at.
        return self.jwt.decode(token, key, [alg], options={"verify_aud": False})


class Joserfc:
    def __init__(self, secret, jwk):
        from joserfc import jwk as keys, jwt

        self.jwt = jwt
        self.keys = {"HS256": keys.OctKey.import_key(secret), "ES256": keys.ECKey.import_key(jwk)}

    def issue(self, alg, header, claims):
        return self.jwt.encode({"alg": alg, **header}, claims, self.keys[alg])

    def verify(self, alg, token):
        return self.jwt.decode(token, self.keys[alg], algorithms=[alg]).claims


class Authlib:
    def __init__(self, secret, jwk):
        import warnings

        from authlib.deprecate import AuthlibDeprecationWarning

        # It says that joserfc will take its place.
        warnings.simplefilter("ignore", AuthlibDeprecationWarning)
        from authlib.jose import JsonWebKey, JsonWebToken

        self.new = lambda alg: JsonWebToken([alg])
        self.keys = {"HS256": secret, "ES256": JsonWebKey.import_key(jwk)}

    def issue(self, alg, header, claims):
        return self.new(alg).encode({"alg": alg, **header}, claims, self.keys[alg]).decode()

    def verify(self, alg, token):
        return dict(self.new(alg).decode(token, self.keys[alg]))


def main():
    library, task = sys.argv[1:]
    asked = json.load(sys.stdin)
    peer = {"PyJWT": PyJwt, "joserfc": Joserfc, "Authlib": Authlib}[library](asked["secret"], asked["jwk"])
    answers = []
    for item in asked["items"]:
        try:
            if task == "issue":
                answers.append({"token": peer.issue(item["alg"], item["header"], item["claims"])})
            else:
                answers.append({"claims": peer.verify(item["alg"], item["token"])})
        except Exception as error:
            answers.append({"error": f"{type(error).__name__}: {error}"})
    json.dump(answers, sys.stdout)


main()
