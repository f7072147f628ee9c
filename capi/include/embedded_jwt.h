/*
 * embedded-jwt in C: verifies JWTs (compact JWS tokens, HS256 and ES256) on microcontrollers. No heap, no
 * recursion, no clock. C99 and C++.
 *
 *     static const uint8_t PUBLIC_KEY[65] = { 0x04, ... };
 *     static const ejwt_key KEYS[] = {
 *         { .kind = EJWT_KEY_ES256, .material = PUBLIC_KEY, .material_len = sizeof PUBLIC_KEY, .kid = "2026" },
 *     };
 *     static const ejwt_policy POLICY = { .issuer = "https://auth.example", .audience = "pump-7" };
 *     static const ejwt_verifier VERIFIER = { .keys = KEYS, .keys_len = 1, .policy = &POLICY };
 *
 *     ejwt_token token = { 0 };
 *     ejwt_time now = { EJWT_TIME_TRUSTED, seconds_since_1970 };
 *     ejwt_code code = ejwt_verify_in_place(&VERIFIER, now, bytes, length, &token);
 *     if (code != EJWT_OK) {
 *         log("token rejected: %s", ejwt_code_name(code));
 *         return;
 *     }
 *     if (ejwt_claim_is(&token, "output", "pump") && ...
 *
 * Rules for every function
 * - A struct is set to zero before its members are set. Zero is the strict or the empty value of each.
 * - Behind a pointer that is not NULL is memory of its type, in the length that is given. Pointers that are
 *   NULL, misaligned or overlapping, and lengths beyond the address space, are an error
 *   (EJWT_NULL_POINTER, ...), not undefined behaviour.
 * - A `const char *` is NUL-terminated UTF-8 of at most EJWT_MAX_TEXT bytes.
 * - What a call changes overlaps with nothing else of the call.
 * - Unless a function says otherwise, a code other than EJWT_OK leaves the output as it was.
 * - The library keeps no state and no pointer between two calls, except in the structs of the caller. So
 *   threads need no lock, as long as each has its own structs and buffers. Constants may be shared.
 * - Structs with `private_words` are filled by the library alone. They may be copied, except ejwt_guard and
 *   ejwt_nonce.
 *
 * Made by `cargo xtask c-header`. Do not edit.
 */

#ifndef EMBEDDED_JWT_H
#define EMBEDDED_JWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A verdict that is dropped is a mistake. */
#if defined(__GNUC__)
#define EJWT_MUST_USE __attribute__((warn_unused_result))
#else
#define EJWT_MUST_USE
#endif

/* The errors of embedded-jwt: why a token or a key is rejected. */
#define EJWT_ERROR_TOKEN_TOO_LONG 10                 /* the token is longer than the limit */
#define EJWT_ERROR_JSON_SERIALIZATION 11             /* the token is in the JSON serialization, not in the compact one */
#define EJWT_ERROR_ENCRYPTED_TOKEN 12                /* the token has five segments: it is encrypted (JWE), not signed */
#define EJWT_ERROR_NOT_THREE_SEGMENTS 13             /* the token is not three segments separated by dots */
#define EJWT_ERROR_WHITESPACE 14                     /* the token contains whitespace */
#define EJWT_ERROR_PADDING 15                        /* the token contains base64 padding */
#define EJWT_ERROR_EMPTY_HEADER 16                   /* the header segment is empty */
#define EJWT_ERROR_EMPTY_SIGNATURE 17                /* the signature segment is empty */
#define EJWT_ERROR_HEADER_NOT_BASE64URL 18           /* the header segment is not canonical base64url */
#define EJWT_ERROR_PAYLOAD_NOT_BASE64URL 19          /* the payload segment is not canonical base64url */
#define EJWT_ERROR_SIGNATURE_NOT_BASE64URL 20        /* the signature segment is not canonical base64url */
#define EJWT_ERROR_BUFFER_TOO_SMALL 21               /* the buffer is too small */
#define EJWT_ERROR_HEADER_TOO_LONG 30                /* the header is longer than the limit */
#define EJWT_ERROR_HEADER_NOT_UTF8 31                /* the header is not UTF-8 */
#define EJWT_ERROR_HEADER_NOT_JSON 32                /* the header is not JSON */
#define EJWT_ERROR_HEADER_NOT_OBJECT 33              /* the header is not a JSON object */
#define EJWT_ERROR_HEADER_DUPLICATE_NAME 34          /* the header has two members with the same name */
#define EJWT_ERROR_HEADER_LONE_SURROGATE 35          /* a string in the header escapes half of a surrogate pair */
#define EJWT_ERROR_HEADER_TOO_DEEP 36                /* the header is nested deeper than the limit */
#define EJWT_ERROR_HEADER_TOO_MANY_NAMES 37          /* the header has more members than the limit */
#define EJWT_ERROR_MISSING_ALG 38                    /* the header has no `alg` */
#define EJWT_ERROR_INVALID_ALG 39                    /* `alg` is not a string */
#define EJWT_ERROR_INVALID_TYP 40                    /* `typ` is not a string */
#define EJWT_ERROR_INVALID_KID 41                    /* `kid` is not a string */
#define EJWT_ERROR_INVALID_CTY 42                    /* `cty` is not a string */
#define EJWT_ERROR_INVALID_CRIT 43                   /* `crit` is not a list of distinct header member names */
#define EJWT_ERROR_UNSUPPORTED_CRIT 44               /* `crit` names an extension that is not supported */
#define EJWT_ERROR_INVALID_B64 45                    /* `b64` is not a boolean */
#define EJWT_ERROR_UNSUPPORTED_B64 46                /* `b64` is false: unencoded payloads are not supported */
#define EJWT_ERROR_MISSING_KID 47                    /* the verifier requires a `kid` and the header has none */
#define EJWT_ERROR_KEY_NOT_FOUND 50                  /* no key has the `kid` of the header */
#define EJWT_ERROR_ALG_MISMATCH 51                   /* no candidate key is for the `alg` of the header */
#define EJWT_ERROR_TOO_MANY_KEYS 52                  /* more candidate keys than the limit match the header */
#define EJWT_ERROR_SIGNATURE_LENGTH 53               /* the signature has the wrong length for its algorithm */
#define EJWT_ERROR_INVALID_SIGNATURE 54              /* the signature does not match the key */
#define EJWT_ERROR_PAYLOAD_NOT_UTF8 60               /* the payload is not UTF-8 */
#define EJWT_ERROR_PAYLOAD_NOT_JSON 61               /* the payload is not JSON */
#define EJWT_ERROR_PAYLOAD_NOT_OBJECT 62             /* the payload is not a JSON object */
#define EJWT_ERROR_PAYLOAD_DUPLICATE_NAME 63         /* an object in the payload has two members with the same name */
#define EJWT_ERROR_PAYLOAD_LONE_SURROGATE 64         /* a string in the payload escapes half of a surrogate pair */
#define EJWT_ERROR_PAYLOAD_TOO_DEEP 65               /* the payload is nested deeper than the limit */
#define EJWT_ERROR_PAYLOAD_TOO_MANY_NAMES 66         /* the payload has more members than the limit */
#define EJWT_ERROR_INVALID_ISS 67                    /* `iss` is not a string */
#define EJWT_ERROR_INVALID_SUB 68                    /* `sub` is not a string, or is empty in an access token */
#define EJWT_ERROR_INVALID_AUD 69                    /* `aud` is not a string or a list of strings */
#define EJWT_ERROR_INVALID_EXP 70                    /* `exp` is not a NumericDate */
#define EJWT_ERROR_INVALID_NBF 71                    /* `nbf` is not a NumericDate */
#define EJWT_ERROR_INVALID_IAT 72                    /* `iat` is not a NumericDate */
#define EJWT_ERROR_INVALID_JTI 73                    /* `jti` is not a string, or is empty */
#define EJWT_ERROR_CLAIMS_SHAPE 74                   /* the claims do not match the type that they are read into */
#define EJWT_ERROR_KEY_ISSUER_MISMATCH 75            /* `iss` is not the issuer that the key is bound to */
#define EJWT_ERROR_KEY_ISSUER_UNBOUND 76             /* the policy allows several issuers and the key is bound to none of them */
#define EJWT_ERROR_KEY_WITHDRAWN 77                  /* the issuer withdrew the key before it issued the token, or too long ago */
#define EJWT_ERROR_MISSING_TYP 80                    /* the policy expects a `typ` and the header has none */
#define EJWT_ERROR_TYP_MISMATCH 81                   /* `typ` is not the expected one */
#define EJWT_ERROR_MISSING_ISS 82                    /* the policy or the key expects an `iss` and there is none */
#define EJWT_ERROR_ISS_MISMATCH 83                   /* `iss` is not an expected issuer */
#define EJWT_ERROR_MISSING_SUB 84                    /* the policy expects a `sub` and there is none */
#define EJWT_ERROR_SUB_MISMATCH 85                   /* `sub` is not the expected one */
#define EJWT_ERROR_MISSING_AUD 86                    /* the policy expects an `aud` and there is none */
#define EJWT_ERROR_AUD_MISMATCH 87                   /* `aud` does not contain the expected audience */
#define EJWT_ERROR_UNEXPECTED_AUD 88                 /* the token names an audience and the policy expects none */
#define EJWT_ERROR_MISSING_EXP 89                    /* the token has no `exp` */
#define EJWT_ERROR_EXPIRED 90                        /* the token has expired */
#define EJWT_ERROR_NOT_YET_VALID 91                  /* the token is not valid yet */
#define EJWT_ERROR_MISSING_IAT 92                    /* the policy limits age or lifetime and the token has no `iat` */
#define EJWT_ERROR_ISSUED_IN_FUTURE 93               /* `iat` is in the future */
#define EJWT_ERROR_TOO_OLD 94                        /* the token is older than the policy allows */
#define EJWT_ERROR_LIFETIME_TOO_LONG 95              /* the lifetime of the token is longer than the policy allows */
#define EJWT_ERROR_MISSING_CLAIM 96                  /* a claim that the policy requires is missing or null */
#define EJWT_ERROR_FRESHNESS_UNPROVED 97             /* without a trusted clock the token cannot be proved to be valid now */
#define EJWT_ERROR_POSSESSION_UNPROVED 98            /* the token is bound to a key by `cnf` and possession of that key was not proved */
#define EJWT_ERROR_MISSING_SCOPE 100                 /* the policy expects a scope and the token has none */
#define EJWT_ERROR_INSUFFICIENT_SCOPE 101            /* the token does not have a required scope */
#define EJWT_ERROR_INVALID_SCOPE 102                 /* the scopes are not scope tokens separated by single spaces */
#define EJWT_ERROR_MISSING_CLIENT_ID 103             /* the access token has no `client_id` */
#define EJWT_ERROR_INVALID_CLIENT_ID 104             /* `client_id` is not a string, or is empty */
#define EJWT_ERROR_MISSING_JTI 105                   /* the token has no `jti` */
#define EJWT_ERROR_INVALID_AUTH_TIME 106             /* `auth_time` is not a NumericDate */
#define EJWT_ERROR_INVALID_ACR 107                   /* `acr` is not a string */
#define EJWT_ERROR_INVALID_AMR 108                   /* `amr` is not a list of strings */
#define EJWT_ERROR_INVALID_ENTITLEMENTS 109          /* `roles`, `groups` or `entitlements` is not a list of names */
#define EJWT_ERROR_KEY_TOO_SHORT 110                 /* the HMAC secret is too short */
#define EJWT_ERROR_KEY_LENGTH 111                    /* the public key has the wrong length */
#define EJWT_ERROR_KEY_NOT_UNCOMPRESSED 112          /* the public key is not an uncompressed point */
#define EJWT_ERROR_KEY_NOT_ON_CURVE 113              /* the public key is not a point of P-256 */
#define EJWT_ERROR_KEY_NOT_SPKI 114                  /* the DER is not a SubjectPublicKeyInfo with an uncompressed P-256 point */
#define EJWT_ERROR_UNSUPPORTED_SCHEME 115            /* the credentials are of another scheme */
#define EJWT_ERROR_MISSING_ACCESS_TOKEN 116          /* no access token follows the scheme */
#define EJWT_ERROR_CREDENTIALS_WHITESPACE 117        /* the credentials contain whitespace other than the spaces after the scheme */
#define EJWT_ERROR_SEVERAL_CREDENTIALS 118           /* more than one access token was sent */
#define EJWT_ERROR_CREDENTIALS_NOT_TOKEN68 119       /* the access token contains a character that credentials cannot contain */
#define EJWT_ERROR_JWK_NOT_JSON 120                  /* the JWK is not a JSON object with distinct member names, or exceeds a limit */
#define EJWT_ERROR_JWK_UNSUPPORTED_KTY 121           /* `kty` of the JWK is missing or not supported */
#define EJWT_ERROR_JWK_UNSUPPORTED_CRV 122           /* `crv` of the JWK is missing or not P-256 */
#define EJWT_ERROR_JWK_NOT_FOR_VERIFYING 123         /* `use` or `key_ops` of the JWK does not allow verification */
#define EJWT_ERROR_JWK_ALG_MISMATCH 124              /* `alg` of the JWK does not match its key type */
#define EJWT_ERROR_JWK_INVALID_MEMBER 125            /* a member of the JWK is missing, of the wrong type or not canonical base64url */
#define EJWT_ERROR_JWK_NOT_PUBLIC 126                /* the JWK publishes a secret or the private half of a key */
#define EJWT_ERROR_WEAK_SECRET 127                   /* all bytes of the HMAC secret are equal */
#define EJWT_ERROR_INVALID_THUMBPRINT 128            /* the text is not a SHA-256 thumbprint in base64url */
#define EJWT_ERROR_KEY_NOT_PEM 129                   /* the text is not PEM with one P-256 public key */
#define EJWT_ERROR_JWK_SET_NOT_JSON 130              /* the JWK Set is not a JSON object with distinct member names, or exceeds a limit */
#define EJWT_ERROR_JWK_SET_MISSING_KEYS 131          /* the JWK Set has no `keys` */
#define EJWT_ERROR_JWK_SET_INVALID_KEYS 132          /* `keys` of the JWK Set is not a list */
#define EJWT_ERROR_JWK_SET_TOO_MANY_KEYS 133         /* the JWK Set has more keys than the limit */
#define EJWT_ERROR_JWK_SET_DUPLICATE_KID 134         /* two usable keys of the JWK Set have the same `kid` and algorithm */
#define EJWT_ERROR_JWK_SET_NO_ROOM 135               /* the JWK Set has more usable keys than there is room for */
#define EJWT_ERROR_KEY_RING_STALE 140                /* the JWK Set is not newer than the previous one */
#define EJWT_ERROR_KEY_RING_NO_KEYS 141              /* the JWK Set has no key that the key ring can use */
#define EJWT_ERROR_KEY_RING_KID_TOO_LONG 142         /* a `kid` is longer than the limit */
#define EJWT_ERROR_KEY_RING_FULL 143                 /* the new keys and the keys still needed exceed the capacity of the key ring */
#define EJWT_ERROR_KEY_RING_KEY_PUBLISHED 144        /* the JWK Set publishes the private half of a key, which the key ring dropped */
#define EJWT_ERROR_KEY_RING_OUTDATED 145             /* the last JWK Set is older than the key ring allows */
#define EJWT_ERROR_KEY_RING_STATE_INVALID 146        /* the saved state of the key ring is damaged, or of another version */
#define EJWT_ERROR_KEY_RING_STATE_FOREIGN 147        /* the saved state of the key ring belongs to another issuer */
#define EJWT_ERROR_KEY_RING_MISSING_NUMBER 148       /* the JWK Set does not have the number by which the key ring orders the sets */
#define EJWT_ERROR_INVALID_CHALLENGE 150             /* the realm or the scope contains a character that a challenge cannot contain */
#define EJWT_ERROR_PRIVATE_KEY_OUT_OF_RANGE 160      /* the private key is zero, or not less than the order of P-256 */
#define EJWT_ERROR_CLAIMS_NOT_JSON 161               /* the claims cannot be written as JSON */
#define EJWT_ERROR_NO_RANDOMNESS 162                 /* the source of randomness failed */
#define EJWT_ERROR_DPOP_INVALID_JWK 170              /* `jwk` in the header of the DPoP proof is missing or not an ES256 public key */
#define EJWT_ERROR_DPOP_HTM_MISMATCH 171             /* `htm` of the DPoP proof is not the method of the request */
#define EJWT_ERROR_DPOP_HTU_MISMATCH 172             /* `htu` of the DPoP proof is not the URI of the request */
#define EJWT_ERROR_DPOP_ATH_MISMATCH 173             /* `ath` of the DPoP proof is not the hash of the access token */
#define EJWT_ERROR_DPOP_NONCE_MISMATCH 174           /* `nonce` of the DPoP proof is not the expected one */
#define EJWT_ERROR_DPOP_KEY_MISMATCH 175             /* the access token is not bound to the key of the DPoP proof */
#define EJWT_ERROR_INVALID_CNF 176                   /* `cnf` does not name exactly one key by `jkt`, `jwk` or `kid` */
#define EJWT_ERROR_UNSUPPORTED_CNF 177               /* `cnf` names a key only in unsupported ways */
#define EJWT_ERROR_KEY_PRIVATE 180                   /* the key is a private key, not a public key */
#define EJWT_ERROR_KEY_CERTIFICATE 181               /* the key is in a certificate, not by itself */
#define EJWT_ERROR_KEY_RSA 182                       /* the key is an RSA key, not a P-256 key */
#define EJWT_ERROR_KEY_OTHER_CURVE 183               /* the public key is on another curve than P-256 */
#define EJWT_ERROR_KEY_PEM_NOT_DER 184               /* the key is PEM text, not DER */
#define EJWT_ERROR_REPLAYED 190                      /* the token was used before */
#define EJWT_ERROR_REPLAY_GUARD_FULL 191             /* the replay guard has no room for another token */
#define EJWT_ERROR_REPLAY_GUARD_CLOSED 192           /* the device has lost its memory, and the token carries no fresh nonce */
#define EJWT_ERROR_ISSUED_BEFORE_RESET 193           /* the token was issued before the device lost its memory */
#define EJWT_ERROR_NONCE_MISMATCH 194                /* `nonce` of the token is missing, or is not the nonce of the device */
#define EJWT_ERROR_NONCE_EXPIRED 195                 /* the device has given out no nonce, or its time is over */

#ifdef __cplusplus
extern "C" {
#endif
/**
 * Defined by the firmware, which the library is built for without an operating system: called if the
 * library fails in a way that it cannot report. It must not return, and typically resets the device. With
 * HS256 and the feature `fast-es256`, no call of it is known to be linked. `p256` keeps some.
 */
extern void ejwt_panic(void);
#ifdef __cplusplus
}
#endif

/**
 * The version of the structs in this header.
 */
#define EJWT_ABI 1

/**
 * Most keys of a verifier, those from JWKs included.
 */
#define EJWT_MAX_KEYS 8

/**
 * HS256. The material is the secret: 32 bytes or more, not all equal (RFC 7518 section 3.2).
 */
#define EJWT_KEY_HS256 1

/**
 * HS256 with a secret of any length that is not 0, for systems that already have one. Who captures one
 * token can search for a short secret.
 */
#define EJWT_KEY_HS256_SHORT_LEGACY 2

/**
 * ES256. The material is the public key: 65 bytes, `04`, x, y (SEC 1 section 2.3.4). Each verification
 * checks that the point is on the curve.
 */
#define EJWT_KEY_ES256 3

/**
 * ES256 with a precomputed table of 16 points: 1,024 bytes, `const uint32_t table[16][16]`, as
 * `cargo xtask prepare-key --c` prints it. The table is trusted: who can change it can change the key.
 * Needs the feature `fast-es256`.
 */
#define EJWT_KEY_ES256_TABLE_16 4

/**
 * The same with 64 points, 4,096 bytes. Needs the feature `table-64`.
 */
#define EJWT_KEY_ES256_TABLE_64 5

/**
 * HS256 with a secret that never leaves the hardware: `slot` is its number in `ejwt_crypto::slot`.
 * There is no material.
 */
#define EJWT_KEY_HS256_SLOT 6

/**
 * ES256 with a public key that the hardware keeps, as `EJWT_KEY_HS256_SLOT`.
 */
#define EJWT_KEY_ES256_SLOT 7

/**
 * A flag of a key: its owner has a right clock, so the `iat` of its tokens raises the time floor of an
 * `ejwt_guard`. Needs the feature `device`.
 */
#define EJWT_KEY_IS_TIME_SOURCE 1

/**
 * Longest text in bytes that a `const char *` may point to, without the NUL.
 */
#define EJWT_MAX_TEXT 1023

/**
 * Most names in each list of a policy.
 */
#define EJWT_MAX_NAMES 8

/**
 * The policy is the one for access tokens (RFC 9068 section 4). It needs an issuer and an audience. It
 * requires the `typ` `at+jwt` (or `ejwt_policy::typ`) and the claims `exp`, `sub`, `client_id`, `iat`
 * and `jti`.
 */
#define EJWT_POLICY_ACCESS_TOKEN 1

/**
 * Accepts every `aud`, and a token without one. Only for a caller that checks `aud` itself.
 */
#define EJWT_POLICY_IGNORE_AUDIENCE 2

/**
 * Accepts a token without `exp`, which never expires. An `exp` that is present is checked.
 */
#define EJWT_POLICY_ALLOW_MISSING_EXP 4

/**
 * Accepts a token that the time cannot prove to be valid now, on a device without a clock. Use an
 * `ejwt_guard` with it. What the time proves invalid is rejected.
 */
#define EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS 8

/**
 * Accepts a token that is bound to a key by `cnf` (RFC 7800). Only for a caller that checks the proof
 * of possession itself.
 */
#define EJWT_POLICY_ACCEPT_UNPROVED_POSSESSION 16

/**
 * What a function of `ejwt_crypto` returns for a valid signature. It rejects by any other number, so
 * an error code of a driver, a 0, a 1 or a -1 accepts nothing.
 */
#define EJWT_SIGNATURE_VALID 2587649475

/**
 * The algorithm of a slot: HS256, with a MAC of 32 bytes.
 */
#define EJWT_ALGORITHM_HS256 1

/**
 * The algorithm of a slot: ES256, with a signature of 64 bytes, r and s, big-endian.
 */
#define EJWT_ALGORITHM_ES256 2

/**
 * A flag of a verifier: rejects a token without a `kid` before any signature is verified. Otherwise such
 * a token may cost a verification with each of up to four keys.
 */
#define EJWT_VERIFIER_REQUIRE_KID 1

/**
 * Nothing is known about the present.
 */
#define EJWT_TIME_UNKNOWN 0

/**
 * The present is `seconds` or later: the build time, or the last known time. It can prove that a token
 * has expired, never that it is valid now.
 */
#define EJWT_TIME_AT_LEAST 1

/**
 * The present is `seconds`, from a trusted clock.
 */
#define EJWT_TIME_TRUSTED 2

/**
 * 64-bit words in an `ejwt_token`.
 */
#define EJWT_TOKEN_WORDS 24

/**
 * 64-bit words in an `ejwt_value`.
 */
#define EJWT_VALUE_WORDS 5

/**
 * 64-bit words in an `ejwt_array`.
 */
#define EJWT_ARRAY_WORDS 4

/**
 * The value is `null`.
 */
#define EJWT_TYPE_NULL 1

/**
 * The value is `true` or `false`.
 */
#define EJWT_TYPE_BOOL 2

/**
 * The value is a number.
 */
#define EJWT_TYPE_NUMBER 3

/**
 * The value is a string.
 */
#define EJWT_TYPE_STRING 4

/**
 * The value is an array.
 */
#define EJWT_TYPE_ARRAY 5

/**
 * The value is an object.
 */
#define EJWT_TYPE_OBJECT 6

/**
 * 64-bit words in an `ejwt_jwk`.
 */
#define EJWT_JWK_WORDS 13

/**
 * Tokens that a guard remembers at one time. With more that are alive, a new one is rejected
 * (`EJWT_ERROR_REPLAY_GUARD_FULL`).
 */
#define EJWT_GUARD_TOKENS 32

/**
 * Issuers with a counter that a guard remembers.
 */
#define EJWT_GUARD_COUNTERS 4

/**
 * 64-bit words in an `ejwt_guard`.
 */
#define EJWT_GUARD_WORDS 128

/**
 * 64-bit words in an `ejwt_nonce`.
 */
#define EJWT_NONCE_WORDS 9

/**
 * Bytes of a fact.
 */
#define EJWT_FACT_LEN 49

/**
 * Bytes of a nonce as text, with the NUL.
 */
#define EJWT_NONCE_LEN 44

/**
 * Most facts that a guard reads from a store.
 */
#define EJWT_MAX_FACTS 65536

/**
 * A flag of a guard: a counter accepts a number up to 64 below the last one, each once, for links that
 * reorder commands.
 */
#define EJWT_GUARD_ACCEPT_REORDERED 1

/**
 * A verdict. `EJWT_OK` is the only success. A number below 1000 is an error of embedded-jwt, the same
 * in every release (`EJWT_ERROR_...`). A number from 2000 says that the call was wrong, or what became
 * of the search for a claim.
 */
typedef uint32_t ejwt_code;

/**
 * A key for one algorithm. It borrows everything: material and texts stay where they are, typically in
 * flash. A key whose `kind` is 0 is an error.
 */
typedef struct ejwt_key {
  /**
   * `EJWT_KEY_HS256`, `EJWT_KEY_ES256`, ...
   */
  uint32_t kind;
  /**
   * `EJWT_KEY_IS_TIME_SOURCE`, or 0.
   */
  uint32_t flags;
  /**
   * The secret, the public key or the table. NULL for a slot.
   */
  const void *material;
  /**
   * Its length in bytes. 0 for a slot.
   */
  size_t material_len;
  /**
   * The number of a slot. 0 for other kinds.
   */
  uint32_t slot;
  /**
   * The `kid` of the key, or NULL. A token with a `kid` is verified with the keys that have it, or, if
   * no key has it, with the keys without.
   */
  const char *kid;
  /**
   * The only issuer whose tokens the key verifies, or NULL for any. Set it if the verifier has keys of
   * several issuers.
   */
  const char *issuer;
} ejwt_key;

/**
 * A key that was read from a JWK, for `ejwt_verifier::jwks`. You place it, set it to zero, and a parser
 * fills it. It borrows the buffer of the parser: as long as it is used, that must stay where it is,
 * unchanged.
 */
typedef struct ejwt_jwk {
  uint64_t private_words[EJWT_JWK_WORDS];
} ejwt_jwk;

/**
 * The requirements for a token beyond a valid signature. Everything that is set is required: a token
 * without that claim is rejected.
 *
 * Set to zero, a policy is strict: it requires `exp`, rejects every token with an `aud`, has no leeway,
 * and rejects tokens that are bound to a key, issued in the future, or not proved to be valid now.
 *
 * Texts are NUL-terminated UTF-8 of at most `EJWT_MAX_TEXT` bytes, or NULL. In a list, none may be NULL.
 */
typedef struct ejwt_policy {
  /**
   * The `typ` of the header. Case and a leading `application/` are ignored.
   */
  const char *typ;
  /**
   * The `iss`.
   */
  const char *issuer;
  /**
   * One of these is the `iss`; not together with `issuer`. Each key must be bound to its issuer
   * (`ejwt_key::issuer`, `ejwt_verifier::jwks_issuer`). An empty list that is not NULL rejects every
   * token.
   */
  const char *const *issuers;
  /**
   * The number of `issuers`, at most `EJWT_MAX_NAMES`.
   */
  size_t issuers_len;
  /**
   * The `sub`.
   */
  const char *subject;
  /**
   * A name that `aud` contains: this device. Without it, a token with an `aud` is for another
   * recipient, and rejected.
   */
  const char *audience;
  /**
   * One of these is in `aud`; not together with `audience`. An empty list that is not NULL rejects
   * every token.
   */
  const char *const *audiences;
  /**
   * The number of `audiences`, at most `EJWT_MAX_NAMES`.
   */
  size_t audiences_len;
  /**
   * Claims that must be present and not `null`.
   */
  const char *const *required_claims;
  /**
   * The number of `required_claims`, at most `EJWT_MAX_NAMES`.
   */
  size_t required_claims_len;
  /**
   * Scopes that the token must have, separated by single spaces.
   */
  const char *scope;
  /**
   * The claim with the scopes, if it is not `scope`.
   */
  const char *scope_claim;
  /**
   * Seconds by which the clocks of issuer and device may differ.
   */
  uint64_t leeway;
  /**
   * Most seconds since `iat`, which is required then. 0: no limit.
   */
  uint64_t max_age;
  /**
   * Most seconds between `iat` and `exp`, which are required then. 0: no limit. Needs no clock.
   */
  uint64_t max_lifetime;
  /**
   * `EJWT_POLICY_...`, combined with `|`.
   */
  uint32_t flags;
} ejwt_policy;

/**
 * Functions that verify signatures in hardware. Where one is NULL, the software of the library does it
 * (without a `slot`, keys in slots are rejected). The software stays linked in any case.
 *
 * Each is called during a verification, with pointers that are valid during the call. It returns
 * `EJWT_SIGNATURE_VALID` or rejects. It must not call the library with the same structs, must not
 * change any memory that the call was given, and must return (no `longjmp`, no C++ exception). If the
 * hardware fails or is busy, it rejects, and keeps the reason in `context`.
 */
typedef struct ejwt_crypto {
  /**
   * The first argument of each function. May be NULL.
   */
  void *context;
  /**
   * Compares `mac`, 32 bytes, with the HMAC-SHA-256 of `message` under `secret`, in constant time.
   */
  uint32_t (*hs256)(void *context,
                    const uint8_t *secret,
                    size_t secret_len,
                    const uint8_t *message,
                    size_t message_len,
                    const uint8_t *mac);
  /**
   * Verifies `signature`, 64 bytes (r, s), with the public key `x`, `y` (32 bytes each, big-endian)
   * over the message with this SHA-256 `digest`, 32 bytes. r and s are between 1 and n - 1, and the
   * point is on the curve. Not called for keys with a table.
   */
  uint32_t (*es256_digest)(void *context,
                           const uint8_t *x,
                           const uint8_t *y,
                           const uint8_t *digest,
                           const uint8_t *signature);
  /**
   * Verifies `signature` over `message` with the key in `slot`. `algorithm` is
   * `EJWT_ALGORITHM_HS256` or `EJWT_ALGORITHM_ES256`. Compare MACs in constant time.
   */
  uint32_t (*slot)(void *context,
                   uint32_t slot,
                   uint32_t algorithm,
                   const uint8_t *message,
                   size_t message_len,
                   const uint8_t *signature,
                   size_t signature_len);
} ejwt_crypto;

/**
 * Keys and a policy. A constant, typically in flash. It can be used in several threads at a time.
 */
typedef struct ejwt_verifier {
  /**
   * The keys, or NULL if there are only JWKs.
   */
  const struct ejwt_key *keys;
  /**
   * Their number. With that of the JWKs at most `EJWT_MAX_KEYS`.
   */
  size_t keys_len;
  /**
   * Keys that were read from JWKs, or NULL.
   */
  const struct ejwt_jwk *jwks;
  /**
   * Their number.
   */
  size_t jwks_len;
  /**
   * The only issuer whose tokens the JWKs verify, or NULL for any.
   */
  const char *jwks_issuer;
  /**
   * What a token must be. Not NULL.
   */
  const struct ejwt_policy *policy;
  /**
   * Hardware that verifies, or NULL.
   */
  const struct ejwt_crypto *crypto;
  /**
   * `EJWT_VERIFIER_REQUIRE_KID`, or 0.
   */
  uint32_t flags;
} ejwt_verifier;

/**
 * What is known about the present. Set to zero, it is unknown.
 */
typedef struct ejwt_time {
  /**
   * `EJWT_TIME_UNKNOWN`, `EJWT_TIME_AT_LEAST`, `EJWT_TIME_TRUSTED`.
   */
  uint32_t kind;
  /**
   * Seconds since 1970-01-01 00:00 UTC. Not used for `EJWT_TIME_UNKNOWN`.
   */
  uint64_t seconds;
} ejwt_time;

/**
 * The claims of an accepted token. You place it, set it to zero, and a verification fills it. It may be
 * copied. It borrows the bytes into which the token was decoded, and nothing else: as long as it is
 * used, they must stay where they are, unchanged.
 */
typedef struct ejwt_token {
  uint64_t private_words[EJWT_TOKEN_WORDS];
} ejwt_token;

/**
 * A walk over an array. It borrows what the token borrows.
 */
typedef struct ejwt_array {
  uint64_t private_words[EJWT_ARRAY_WORDS];
} ejwt_array;

/**
 * A value in the claims of a token. It borrows what the token borrows.
 */
typedef struct ejwt_value {
  uint64_t private_words[EJWT_VALUE_WORDS];
} ejwt_value;

/**
 * What became of a JWK Set.
 */
typedef struct ejwt_jwk_set_report {
  /**
   * The usable keys, which are at the start of `out`.
   */
  size_t keys;
  /**
   * JWKs that were skipped: for another algorithm, for another use, not for this library.
   */
  size_t skipped;
  /**
   * Why a JWK was rejected that looks like a key for this library, or 0. A published secret or private
   * key is reported before all others, otherwise the first.
   */
  ejwt_code rejected;
  /**
   * The index of that JWK in the set.
   */
  size_t rejected_index;
} ejwt_jwk_set_report;

/**
 * What a device remembers of the tokens that it used. Place it in RAM, set it to zero, and call
 * `ejwt_guard_init`.
 *
 * It never forgets a token that is alive. It knows a token by `iss` and `jti`. It never believes a time
 * before its time floor, which tokens of time sources and trusted clocks raise. A guard that was not
 * restored from its store is closed: it accepts only a token with a fresh nonce.
 *
 * It may be used by one thread at a time.
 */
typedef struct ejwt_guard {
  uint64_t private_words[EJWT_GUARD_WORDS];
} ejwt_guard;

/**
 * Memory that keeps facts through a power cut. The functions must not call the library with the same
 * structs, and must return.
 */
typedef struct ejwt_store {
  /**
   * The first argument of each function. May be NULL.
   */
  void *context;
  /**
   * Stores a fact, `EJWT_FACT_LEN` bytes. Returns `EJWT_OK` only after it is sure that the fact is read
   * after every later restart, and any other number if that failed. Not NULL.
   */
  ejwt_code (*append)(void *context, const uint8_t *fact);
  /**
   * Reads the fact number `index`, counted from 0, into `EJWT_FACT_LEN` bytes: `EJWT_OK`. With no such
   * fact: `EJWT_END`. Any other number: the memory cannot be read. Facts may come in any order, and
   * several times. Not NULL.
   */
  ejwt_code (*read)(void *context, size_t index, uint8_t *fact);
} ejwt_store;

/**
 * A random value that the device gives out once. The issuer copies it into the claim `nonce`. Place it
 * in RAM, set it to zero, and call `ejwt_nonce_issue`.
 */
typedef struct ejwt_nonce {
  uint64_t private_words[EJWT_NONCE_WORDS];
} ejwt_nonce;

/**
 * How a token is used once. Set what the device has; the rest is zero.
 */
typedef struct ejwt_once {
  /**
   * The guard. Not NULL.
   */
  struct ejwt_guard *guard;
  /**
   * Its store. Not NULL.
   */
  const struct ejwt_store *store;
  /**
   * The claim with the number of a command, a whole number that grows with each token of an issuer.
   * NULL: tokens are told apart by `jti`, which is required then, and so is `exp`.
   */
  const char *counter;
  /**
   * The nonce that the token has to carry, or NULL.
   */
  struct ejwt_nonce *nonce;
  /**
   * With a nonce: the present in ticks of a clock that runs since the start of the device.
   */
  uint64_t nonce_now;
  /**
   * With a nonce: the ticks for which it is valid.
   */
  uint64_t nonce_lifetime;
} ejwt_once;

/**
 * The token is accepted, or the call succeeded.
 */
#define EJWT_OK 0

/**
 * A pointer is NULL that must not be.
 */
#define EJWT_NULL_POINTER 2000

/**
 * A pointer is not aligned for its type.
 */
#define EJWT_MISALIGNED 2001

/**
 * A length is larger than the address space, or a text has no NUL within its limit.
 */
#define EJWT_TOO_LONG 2002

/**
 * Memory that the call would change overlaps with other memory of the call.
 */
#define EJWT_OVERLAP 2003

/**
 * A text is not UTF-8.
 */
#define EJWT_NOT_UTF8 2004

/**
 * A number names no kind, no flag and no clock of this version.
 */
#define EJWT_INVALID_VALUE 2005

/**
 * The library was built without what the call needs.
 */
#define EJWT_NOT_BUILT 2006

/**
 * There are more keys or more names than the library has room for.
 */
#define EJWT_TOO_MANY 2007

/**
 * Two members of the policy contradict each other, or one misses the other.
 */
#define EJWT_CONFLICT 2008

/**
 * The struct was not filled by the function that fills it.
 */
#define EJWT_NOT_FILLED 2009

/**
 * The token has no such claim, or the object no such member.
 */
#define EJWT_ABSENT 2010

/**
 * The claim is `null`.
 */
#define EJWT_NULL_VALUE 2011

/**
 * The claim has another type, or is a number that does not fit.
 */
#define EJWT_WRONG_TYPE 2012

/**
 * The string contains a NUL, so it is no string of C.
 */
#define EJWT_STRING_WITH_NUL 2013

/**
 * The array has no further element.
 */
#define EJWT_END 2014

/**
 * The request has no `Authorization` header field.
 */
#define EJWT_NO_CREDENTIALS 2015

/**
 * There is no challenge for this verdict: the client did not cause it.
 */
#define EJWT_NO_CHALLENGE 2016

/**
 * The store failed. The token is not accepted.
 */
#define EJWT_STORE_FAILED 2017

/**
 * The store holds nothing: the memory was lost, or the device is new. The guard is closed.
 */
#define EJWT_STORE_EMPTY 2018

/**
 * The store holds more than the guard has room for. The guard is closed.
 */
#define EJWT_STORE_TOO_FULL 2019

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Returns the name of a verdict, such as `Expired`, for a log. Never NULL; NUL-terminated, in flash.
 */
const char *ejwt_code_name(ejwt_code code);

/**
 * Returns the text of a verdict, such as `the token has expired`. Never NULL; NUL-terminated, in
 * flash. It holds nothing of a token.
 */
const char *ejwt_code_text(ejwt_code code);

/**
 * Returns the `EJWT_ABI` that the library was built with. Where it differs from the header's, the
 * structs differ too.
 */
uint32_t ejwt_abi(void);

/**
 * Verifies a token and checks its claims, in place: after the signature was verified, header and payload
 * are decoded over the token. The decoded header may have up to 512 bytes.
 *
 * `EJWT_OK` accepts the token and fills `*out`, which borrows the bytes of the token. Every other code
 * rejects it and leaves `*out` as it was; the bytes of the token may have been decoded.
 */
EJWT_MUST_USE
ejwt_code ejwt_verify_in_place(const struct ejwt_verifier *verifier,
                               struct ejwt_time time,
                               uint8_t *token,
                               size_t token_len,
                               struct ejwt_token *out);

/**
 * Verifies a token and checks its claims. Header and payload are decoded into `buffer`, which
 * `ejwt_buffer_len` bytes suffice for. The token is not changed.
 *
 * `EJWT_OK` accepts the token and fills `*out`, which borrows `buffer`. Every other code rejects it and
 * leaves `*out` as it was.
 */
EJWT_MUST_USE
ejwt_code ejwt_verify(const struct ejwt_verifier *verifier,
                      struct ejwt_time time,
                      const uint8_t *token,
                      size_t token_len,
                      uint8_t *buffer,
                      size_t buffer_len,
                      struct ejwt_token *out);

/**
 * Returns the bytes of buffer that suffice for every token of at most `token_len` bytes.
 */
size_t ejwt_buffer_len(size_t token_len);

/**
 * Tells which key verified the token: its index in `ejwt_verifier::keys`, or, counted on from there, in
 * `ejwt_verifier::jwks`.
 */
EJWT_MUST_USE ejwt_code ejwt_token_key(const struct ejwt_token *token, size_t *index);

/**
 * Tells whether the token is known to be valid at present. It is false only for a token that was accepted
 * under `EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS`, and for a struct that is not filled.
 */
bool ejwt_token_is_fresh(const struct ejwt_token *token);

/**
 * Reads a claim that is a whole number from 0 to 2^64 - 1, written without fraction and exponent.
 */
EJWT_MUST_USE ejwt_code ejwt_claim_u64(const struct ejwt_token *token, const char *name, uint64_t *out);

/**
 * Reads a claim that is `true` or `false`.
 */
EJWT_MUST_USE ejwt_code ejwt_claim_bool(const struct ejwt_token *token, const char *name, bool *out);

/**
 * Copies a claim that is a string to `out`, with a NUL behind it. `out_len` is the room in bytes.
 *
 * `len`, if it is not NULL, receives the length without the NUL, also if the room is too small
 * (`EJWT_ERROR_BUFFER_TOO_SMALL`). A string that contains a NUL is refused: to C it would be another one.
 */
EJWT_MUST_USE
ejwt_code ejwt_claim_string(const struct ejwt_token *token,
                            const char *name,
                            char *out,
                            size_t out_len,
                            size_t *len);

/**
 * Tells whether a claim is exactly this string. It is false for everything else, and for a wrong call.
 */
EJWT_MUST_USE bool ejwt_claim_is(const struct ejwt_token *token, const char *name, const char *expected);

/**
 * Starts a walk over a claim that is an array.
 */
EJWT_MUST_USE
ejwt_code ejwt_claim_array(const struct ejwt_token *token,
                           const char *name,
                           struct ejwt_array *out);

/**
 * Finds a claim of any type. A claim that is `null` is found: its type is `EJWT_TYPE_NULL`. Without the
 * claim, the code is `EJWT_ABSENT`.
 */
EJWT_MUST_USE ejwt_code ejwt_claim(const struct ejwt_token *token, const char *name, struct ejwt_value *out);

/**
 * Returns the type of a value, `EJWT_TYPE_...`, or 0 for a struct that is not filled.
 */
EJWT_MUST_USE uint32_t ejwt_value_type(const struct ejwt_value *value);

/**
 * Reads a value as `ejwt_claim_u64` does.
 */
EJWT_MUST_USE ejwt_code ejwt_value_u64(const struct ejwt_value *value, uint64_t *out);

/**
 * Reads a value as `ejwt_claim_bool` does.
 */
EJWT_MUST_USE ejwt_code ejwt_value_bool(const struct ejwt_value *value, bool *out);

/**
 * Copies a value as `ejwt_claim_string` does.
 */
EJWT_MUST_USE
ejwt_code ejwt_value_string(const struct ejwt_value *value,
                            char *out,
                            size_t out_len,
                            size_t *len);

/**
 * Tells whether a value is exactly this string, as `ejwt_claim_is` does.
 */
EJWT_MUST_USE bool ejwt_value_is(const struct ejwt_value *value, const char *expected);

/**
 * Starts a walk over a value that is an array.
 */
EJWT_MUST_USE ejwt_code ejwt_value_array(const struct ejwt_value *value, struct ejwt_array *out);

/**
 * Finds a member of a value that is an object. Without the member, the code is `EJWT_ABSENT`.
 */
EJWT_MUST_USE
ejwt_code ejwt_value_member(const struct ejwt_value *value,
                            const char *name,
                            struct ejwt_value *out);

/**
 * Fills `*out` with the next element of a walk. At the end, the code is `EJWT_END`.
 */
EJWT_MUST_USE ejwt_code ejwt_array_next(struct ejwt_array *array, struct ejwt_value *out);

/**
 * Reads one JWK (RFC 7517): `kty` `oct` for HS256, `EC` with `crv` `P-256` for ES256. The key has the
 * `kid` of the JWK.
 *
 * `buffer` must be as long as the text. It holds every secret of the JWK, even after an error: wipe it
 * when the key is no longer used. A rejected JWK leaves `*out` as it was.
 */
EJWT_MUST_USE
ejwt_code ejwt_jwk_parse(const uint8_t *text,
                         size_t text_len,
                         uint8_t *buffer,
                         size_t buffer_len,
                         struct ejwt_jwk *out);

/**
 * Reads a published JWK Set (RFC 7517 section 5): the public keys that this library can use.
 *
 * Keys for others are skipped. A secret or a private key in the set is rejected, with its public half.
 * `buffer` must be as long as the text. The keys are written to `out`, which has room for `out_len`.
 * With more usable keys than `out_len` or `EJWT_MAX_KEYS`, the set is rejected
 * (`EJWT_ERROR_JWK_SET_NO_ROOM`). A rejected set leaves `out` and `*report` as they were.
 */
EJWT_MUST_USE
ejwt_code ejwt_jwk_set_parse(const uint8_t *text,
                             size_t text_len,
                             uint8_t *buffer,
                             size_t buffer_len,
                             struct ejwt_jwk *out,
                             size_t out_len,
                             struct ejwt_jwk_set_report *report);

/**
 * Finds the token in the value of an `Authorization` header field: `Bearer`, spaces, the token. The
 * token begins `*start` bytes into the value and is `*token_len` bytes long.
 *
 * For a request without the field, `authorization` is NULL, and the code `EJWT_NO_CREDENTIALS`.
 */
EJWT_MUST_USE
ejwt_code ejwt_bearer_token(const uint8_t *authorization,
                            size_t authorization_len,
                            size_t *start,
                            size_t *token_len);

/**
 * Returns the HTTP status for a verdict (RFC 6750 section 3.1): 200 for `EJWT_OK`, 400, 401 or 403 for
 * what the client caused, 500 for everything else.
 */
uint32_t ejwt_http_status(ejwt_code code);

/**
 * Writes the value of a `WWW-Authenticate` header field for a verdict (RFC 6750 section 3), with a NUL
 * behind it. `realm` names what the token protects. `scope` is what the request needs, or NULL. The
 * description is the text of the verdict and holds nothing of a token.
 *
 * `len`, if it is not NULL, receives the length without the NUL, also if the room is too small. For what
 * the client did not cause, the code is `EJWT_NO_CHALLENGE`: answer with the status alone.
 */
EJWT_MUST_USE
ejwt_code ejwt_challenge(const char *realm,
                         const char *scope,
                         ejwt_code code,
                         char *out,
                         size_t out_len,
                         size_t *len);

/**
 * Verifies a token in place as `ejwt_verify_in_place` does, checks that it was not used before, and
 * stores that it is used. All of that is one verdict: `EJWT_OK` fills `*out`. Every other code leaves
 * `*out` and the guard as they were. After `EJWT_STORE_FAILED`, the token may be stored as used.
 */
EJWT_MUST_USE
ejwt_code ejwt_verify_once(const struct ejwt_verifier *verifier,
                           struct ejwt_time time,
                           uint8_t *token,
                           size_t token_len,
                           const struct ejwt_once *once,
                           struct ejwt_token *out);

/**
 * Makes a closed guard. `build_time` is when the firmware was built, in seconds since 1970: the first
 * time floor. `largest_step` is the most by which one token raises the time floor, in seconds; 0: 30 days.
 * `flags` is `EJWT_GUARD_ACCEPT_REORDERED` or 0.
 */
EJWT_MUST_USE
ejwt_code ejwt_guard_init(struct ejwt_guard *guard,
                          uint64_t build_time,
                          uint64_t largest_step,
                          uint32_t flags);

/**
 * Reads the facts of the store after a restart, before the first token. `EJWT_OK`: the guard is open.
 * `EJWT_STORE_EMPTY`, `EJWT_STORE_TOO_FULL`, `EJWT_STORE_FAILED`: it is closed.
 */
EJWT_MUST_USE ejwt_code ejwt_guard_restore(struct ejwt_guard *guard, const struct ejwt_store *store);

/**
 * Opens the guard of a new device, and stores that. For the factory alone: on a device that has lost its
 * memory, it would let every old token in again.
 */
EJWT_MUST_USE ejwt_code ejwt_guard_provision(struct ejwt_guard *guard, const struct ejwt_store *store);

/**
 * Returns what the guard knows of the time: not before its time floor. Pass it to the verification on a
 * device without a clock. For a guard that is not initialised, the time is unknown.
 */
struct ejwt_time ejwt_guard_time(const struct ejwt_guard *guard);

/**
 * Tells whether the guard accepts tokens without a nonce.
 */
bool ejwt_guard_is_open(const struct ejwt_guard *guard);

/**
 * Gives out a new nonce: 43 characters of base64url and a NUL in `text`, which has `EJWT_NONCE_LEN`
 * bytes. `now` is the present in ticks of a clock that runs since the start of the device. A nonce that
 * was given out before is no longer valid.
 *
 * `random` fills `len` bytes with cryptographically secure randomness and returns `EJWT_OK`, or any other
 * number if it failed.
 */
EJWT_MUST_USE
ejwt_code ejwt_nonce_issue(struct ejwt_nonce *nonce,
                           ejwt_code (*random)(void *context, uint8_t *bytes, size_t len),
                           void *context,
                           uint64_t now,
                           char *text);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* EMBEDDED_JWT_H */
