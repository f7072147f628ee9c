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
 * - Set each struct to zero before you set its members. For each member, zero means strict or empty.
 * - A pointer that is not NULL must point to memory of its type, in the given length. A pointer that is NULL,
 *   misaligned or overlapping, or a length beyond the address space, is an error (EJWT_NULL_POINTER, ...),
 *   not undefined behaviour.
 * - A `const char *` is NUL-terminated UTF-8 of at most EJWT_MAX_TEXT bytes.
 * - Memory that a call changes must not overlap with other memory of the call.
 * - Unless a function says otherwise, a code other than EJWT_OK leaves the output unchanged.
 * - The library keeps no state and no pointer between two calls, except in the structs of the caller. So
 *   threads need no lock, as long as each has its own structs and buffers. Constants may be shared.
 * - Only the library fills structs with `private_words`. They may be copied, except ejwt_guard and
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
 * The panic handler. Firmware without an operating system has to define it. The library calls it after an
 * internal error that it cannot report. It must not return, and typically resets the device. With HS256
 * and the feature `fast-es256`, no call of it is known to be linked. `p256` has some calls.
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
 * The maximum number of keys of a verifier, keys from JWKs included.
 */
#define EJWT_MAX_KEYS 8

/**
 * HS256. The material is the secret: 32 bytes or more, not all equal (RFC 7518 section 3.2).
 */
#define EJWT_KEY_HS256 1

/**
 * HS256 with a secret of any length except 0, for deployed systems that have one. An attacker who captures
 * one token can search for a short secret offline.
 */
#define EJWT_KEY_HS256_SHORT_LEGACY 2

/**
 * ES256. The material is the public key: 65 bytes, `04`, x, y (SEC 1 section 2.3.4). Each verification
 * checks that the point is on the curve.
 */
#define EJWT_KEY_ES256 3

/**
 * ES256 with a precomputed table of 16 points: 1,024 bytes, `const uint32_t table[16][16]`, as
 * `cargo xtask prepare-key --c` prints it. The table is trusted: an attacker who can change it can change
 * the key. Needs the feature `fast-es256`.
 */
#define EJWT_KEY_ES256_TABLE_16 4

/**
 * ES256 with a precomputed table of 64 points, 4,096 bytes. Needs the feature `table-64`.
 */
#define EJWT_KEY_ES256_TABLE_64 5

/**
 * HS256 with a secret that never leaves the hardware. `slot` is its number in `ejwt_crypto::slot`. The
 * material is NULL.
 */
#define EJWT_KEY_HS256_SLOT 6

/**
 * ES256 with a public key that the hardware keeps. `slot` is its number in `ejwt_crypto::slot`. The
 * material is NULL.
 */
#define EJWT_KEY_ES256_SLOT 7

/**
 * A flag of a key: the clock of its owner is right, so the `iat` of its tokens raises the time floor of an
 * `ejwt_guard`. Needs the feature `device`.
 */
#define EJWT_KEY_IS_TIME_SOURCE 1

/**
 * The maximum length in bytes of a text that a `const char *` points to, without the NUL.
 */
#define EJWT_MAX_TEXT 1023

/**
 * The maximum number of names in each list of a policy.
 */
#define EJWT_MAX_NAMES 8

/**
 * Makes a policy for access tokens (RFC 9068 section 4). It needs an issuer and an audience. It requires
 * the `typ` `at+jwt` (or `ejwt_policy::typ`) and the claims `exp`, `sub`, `client_id`, `iat` and `jti`.
 */
#define EJWT_POLICY_ACCESS_TOKEN 1

/**
 * Accepts every `aud`, and a token without `aud`. Use it only if the caller checks `aud` itself.
 */
#define EJWT_POLICY_IGNORE_AUDIENCE 2

/**
 * Accepts a token without `exp`, which never expires. An `exp` that is present is checked.
 */
#define EJWT_POLICY_ALLOW_MISSING_EXP 4

/**
 * Accepts a token that the given time cannot prove to be valid now, for a device without a clock. Use an
 * `ejwt_guard` with it. A token that the time proves invalid is still rejected.
 */
#define EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS 8

/**
 * Accepts a token that is bound to a key by `cnf` (RFC 7800). Use it only if the caller checks the proof
 * of possession itself.
 */
#define EJWT_POLICY_ACCEPT_UNPROVED_POSSESSION 16

/**
 * The number that a function of `ejwt_crypto` returns for a valid signature. Every other number rejects
 * the signature. So an error code of a driver, a 0, a 1 or a -1 never accepts one.
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
 * A flag of a verifier: rejects a token without a `kid` before any signature is verified. Otherwise such a
 * token may cost up to four signature verifications.
 */
#define EJWT_VERIFIER_REQUIRE_KID 1

/**
 * Nothing is known about the present.
 */
#define EJWT_TIME_UNKNOWN 0

/**
 * The present is `seconds` or later, such as the build time or the last known time. It can prove that a
 * token has expired, but never that a token is valid now.
 */
#define EJWT_TIME_AT_LEAST 1

/**
 * The present is `seconds`, from a trusted clock.
 */
#define EJWT_TIME_TRUSTED 2

/**
 * The number of 64-bit words in an `ejwt_token`.
 */
#define EJWT_TOKEN_WORDS 24

/**
 * The number of 64-bit words in an `ejwt_value`.
 */
#define EJWT_VALUE_WORDS 5

/**
 * The number of 64-bit words in an `ejwt_array`.
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
 * The number of 64-bit words in an `ejwt_jwk`.
 */
#define EJWT_JWK_WORDS 13

/**
 * The maximum number of tokens that a guard remembers at one time. If so many have not expired, a new
 * token is rejected (`EJWT_ERROR_REPLAY_GUARD_FULL`).
 */
#define EJWT_GUARD_TOKENS 32

/**
 * The maximum number of issuers whose counters a guard remembers.
 */
#define EJWT_GUARD_COUNTERS 4

/**
 * The number of 64-bit words in an `ejwt_guard`.
 */
#define EJWT_GUARD_WORDS 128

/**
 * The number of 64-bit words in an `ejwt_nonce`.
 */
#define EJWT_NONCE_WORDS 9

/**
 * The length of a fact in bytes.
 */
#define EJWT_FACT_LEN 49

/**
 * The length of a nonce as text in bytes, with the NUL.
 */
#define EJWT_NONCE_LEN 44

/**
 * The maximum number of facts that a guard reads from a store.
 */
#define EJWT_MAX_FACTS 65536

/**
 * A flag of a guard, for links that reorder commands. A counter also accepts each of the 64 numbers below
 * the last one, once.
 */
#define EJWT_GUARD_ACCEPT_REORDERED 1

/**
 * A verdict. `EJWT_OK` is the only success. A number below 1000 is an error of embedded-jwt, the same
 * in every release (`EJWT_ERROR_...`). A number from 2000 on is a result of the C API, such as a wrong
 * call or a claim that is absent.
 */
typedef uint32_t ejwt_code;

/**
 * A key for one algorithm. It borrows its material and its texts, which are typically in flash. A key
 * whose `kind` is 0 is an error.
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
   * The length of the material in bytes. 0 for a slot.
   */
  size_t material_len;
  /**
   * The number of a slot. 0 for other kinds.
   */
  uint32_t slot;
  /**
   * The `kid` of the key, or NULL. A token with a `kid` is verified with the keys that have this `kid`.
   * If no key has it, the token is verified with the keys without a `kid`.
   */
  const char *kid;
  /**
   * The only issuer whose tokens the key verifies, or NULL for any issuer. Set it if the verifier has
   * keys of several issuers.
   */
  const char *issuer;
} ejwt_key;

/**
 * A key that was read from a JWK, for `ejwt_verifier::jwks`. Set it to zero and pass it to a parser, which
 * fills it. It borrows the buffer of the parser. While the key is used, this buffer must stay in place,
 * unchanged.
 */
typedef struct ejwt_jwk {
  uint64_t private_words[EJWT_JWK_WORDS];
} ejwt_jwk;

/**
 * The requirements for a token beyond a valid signature. Every member that is set is required: a token
 * without that claim is rejected.
 *
 * A policy that is set to zero is strict: it requires `exp`, rejects every token with an `aud`, and has no
 * leeway. It rejects tokens that are bound to a key, issued in the future, or not proved to be valid now.
 *
 * A text is NUL-terminated UTF-8 of at most `EJWT_MAX_TEXT` bytes, or NULL. A text in a list must not be
 * NULL.
 */
typedef struct ejwt_policy {
  /**
   * Requires this `typ` in the header. Case and a leading `application/` are ignored.
   */
  const char *typ;
  /**
   * Requires this `iss`.
   */
  const char *issuer;
  /**
   * Requires `iss` to be one of these. Not allowed together with `issuer`. Each key must be bound to its
   * issuer (`ejwt_key::issuer`, `ejwt_verifier::jwks_issuer`). An empty list that is not NULL rejects
   * every token.
   */
  const char *const *issuers;
  /**
   * The number of `issuers`, at most `EJWT_MAX_NAMES`.
   */
  size_t issuers_len;
  /**
   * Requires this `sub`.
   */
  const char *subject;
  /**
   * Requires this name in `aud`, which is the name of this device. If it is NULL, a token with an `aud`
   * is for another recipient and is rejected.
   */
  const char *audience;
  /**
   * Requires `aud` to contain one of these names. Not allowed together with `audience`. An empty list
   * that is not NULL rejects every token.
   */
  const char *const *audiences;
  /**
   * The number of `audiences`, at most `EJWT_MAX_NAMES`.
   */
  size_t audiences_len;
  /**
   * The names of claims that must be present and not `null`.
   */
  const char *const *required_claims;
  /**
   * The number of `required_claims`, at most `EJWT_MAX_NAMES`.
   */
  size_t required_claims_len;
  /**
   * Requires these scopes, separated by single spaces.
   */
  const char *scope;
  /**
   * The name of the claim with the scopes. NULL means `scope`.
   */
  const char *scope_claim;
  /**
   * The number of seconds by which the clocks of issuer and device may differ.
   */
  uint64_t leeway;
  /**
   * Requires `iat`, and limits the seconds since `iat`. 0 means no limit.
   */
  uint64_t max_age;
  /**
   * Requires `iat` and `exp`, and limits the seconds between them. 0 means no limit. It needs no clock.
   */
  uint64_t max_lifetime;
  /**
   * The flags `EJWT_POLICY_...`, combined with `|`.
   */
  uint32_t flags;
} ejwt_policy;

/**
 * Functions that verify signatures in hardware. If one is NULL, the software of the library is used
 * instead. If `slot` is NULL, keys in slots verify nothing. The software stays linked in any case.
 *
 * The library calls the functions during a verification, with pointers that are valid during the call.
 * A function returns `EJWT_SIGNATURE_VALID`, or another number to reject. It must not call the library
 * with the same structs. It must not change memory that was passed to the verification. It must return:
 * no `longjmp`, no C++ exception. If the hardware fails or is busy, the function rejects and keeps the
 * reason in `context`.
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
   * point is on the curve. It is not called for keys with a table.
   */
  uint32_t (*es256_digest)(void *context,
                           const uint8_t *x,
                           const uint8_t *y,
                           const uint8_t *digest,
                           const uint8_t *signature);
  /**
   * Verifies `signature` over `message` with the key in `slot`. `algorithm` is
   * `EJWT_ALGORITHM_HS256` or `EJWT_ALGORITHM_ES256`. MACs must be compared in constant time.
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
 * Keys and a policy. It is typically a constant in flash. Several threads may use it at the same time.
 */
typedef struct ejwt_verifier {
  /**
   * The keys, or NULL if there are only JWKs.
   */
  const struct ejwt_key *keys;
  /**
   * The number of `keys`. `keys_len` plus `jwks_len` is at most `EJWT_MAX_KEYS`.
   */
  size_t keys_len;
  /**
   * The keys that were read from JWKs, or NULL.
   */
  const struct ejwt_jwk *jwks;
  /**
   * The number of `jwks`.
   */
  size_t jwks_len;
  /**
   * The only issuer whose tokens the keys in `jwks` verify, or NULL for any issuer.
   */
  const char *jwks_issuer;
  /**
   * The requirements for a token. Not NULL.
   */
  const struct ejwt_policy *policy;
  /**
   * The functions that verify signatures in hardware, or NULL.
   */
  const struct ejwt_crypto *crypto;
  /**
   * `EJWT_VERIFIER_REQUIRE_KID`, or 0.
   */
  uint32_t flags;
} ejwt_verifier;

/**
 * What is known about the present. In a struct of zeros, nothing is known.
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
 * The claims of an accepted token. Set it to zero and pass it to a verification, which fills it. It may be
 * copied. It borrows only the bytes into which the token was decoded. While the struct is used, these
 * bytes must stay in place, unchanged.
 */
typedef struct ejwt_token {
  uint64_t private_words[EJWT_TOKEN_WORDS];
} ejwt_token;

/**
 * An iterator over an array. It borrows the same bytes as the token.
 */
typedef struct ejwt_array {
  uint64_t private_words[EJWT_ARRAY_WORDS];
} ejwt_array;

/**
 * A value in the claims of a token. It borrows the same bytes as the token.
 */
typedef struct ejwt_value {
  uint64_t private_words[EJWT_VALUE_WORDS];
} ejwt_value;

/**
 * A report on a JWK Set.
 */
typedef struct ejwt_jwk_set_report {
  /**
   * The number of usable keys, which are at the start of `out`.
   */
  size_t keys;
  /**
   * The number of JWKs that were skipped, because this library does not support them or because they are
   * for another use.
   */
  size_t skipped;
  /**
   * The error of the first broken JWK, or 0. A broken JWK looks like a key for this library, but has an
   * error. A JWK that publishes a secret or a private key takes precedence over all others.
   */
  ejwt_code rejected;
  /**
   * The index of the JWK with the error `rejected` in the set.
   */
  size_t rejected_index;
} ejwt_jwk_set_report;

/**
 * A replay guard: it remembers the tokens that the device has used. Place it in RAM, set it to zero, and
 * call `ejwt_guard_init`.
 *
 * The guard never forgets a token that has not expired. It identifies a token by `iss` and `jti`. It has a
 * time floor: a lower bound of the present, which tokens of time sources and trusted clocks raise. A guard
 * that was not restored from its store is closed: it accepts only a token with a fresh nonce.
 *
 * Only one thread at a time may use a guard.
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
   * Stores a fact, `EJWT_FACT_LEN` bytes. Returns `EJWT_OK` only when `read` will return the fact after
   * every later restart. Returns any other number if the fact could not be stored. Not NULL.
   */
  ejwt_code (*append)(void *context, const uint8_t *fact);
  /**
   * Reads the fact with this `index`, counted from 0, into `fact`, `EJWT_FACT_LEN` bytes. Returns
   * `EJWT_OK`, or `EJWT_END` if there is no such fact. Returns any other number if the memory cannot be
   * read. The facts may be in any order, and a fact may occur several times. Not NULL.
   */
  ejwt_code (*read)(void *context, size_t index, uint8_t *fact);
} ejwt_store;

/**
 * A random value that the device issues once. The issuer of the token copies it into the claim `nonce`.
 * Place it in RAM, set it to zero, and call `ejwt_nonce_issue`.
 */
typedef struct ejwt_nonce {
  uint64_t private_words[EJWT_NONCE_WORDS];
} ejwt_nonce;

/**
 * The replay guard for a verification, and how it identifies a token. Set the members that the device
 * needs. The others are zero.
 */
typedef struct ejwt_once {
  /**
   * The guard. Not NULL.
   */
  struct ejwt_guard *guard;
  /**
   * The store of the guard. Not NULL.
   */
  const struct ejwt_store *store;
  /**
   * The name of the claim with the number of a command, a whole number that grows with each token of an
   * issuer. If it is NULL, `jti` identifies a token. Then the claims `jti` and `exp` are required.
   */
  const char *counter;
  /**
   * The nonce that the token has to carry, or NULL.
   */
  struct ejwt_nonce *nonce;
  /**
   * The present in ticks since the start of the device. Only used with a nonce.
   */
  uint64_t nonce_now;
  /**
   * The number of ticks for which the nonce is valid. Only used with a nonce.
   */
  uint64_t nonce_lifetime;
} ejwt_once;

/**
 * The token is accepted, or the call succeeded.
 */
#define EJWT_OK 0

/**
 * A pointer is NULL that must not be NULL.
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
 * A number is not a kind, a flag or a time kind that this version knows.
 */
#define EJWT_INVALID_VALUE 2005

/**
 * The library was built without a feature that the call needs.
 */
#define EJWT_NOT_BUILT 2006

/**
 * There are more keys or more names than the library has room for.
 */
#define EJWT_TOO_MANY 2007

/**
 * Two members of the policy contradict each other, or a member is missing that another one requires.
 */
#define EJWT_CONFLICT 2008

/**
 * The struct was not filled by the library, or it is of another type.
 */
#define EJWT_NOT_FILLED 2009

/**
 * The token has no claim of this name, or the object has no member of this name.
 */
#define EJWT_ABSENT 2010

/**
 * The claim is `null`.
 */
#define EJWT_NULL_VALUE 2011

/**
 * The claim has the wrong type, or is a number out of range.
 */
#define EJWT_WRONG_TYPE 2012

/**
 * The string contains a NUL, so C would read another string.
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
 * This verdict has no challenge, because the client did not cause it.
 */
#define EJWT_NO_CHALLENGE 2016

/**
 * The store failed. The token is not accepted.
 */
#define EJWT_STORE_FAILED 2017

/**
 * The store holds no facts: the memory was lost, or the device is new. The guard is closed.
 */
#define EJWT_STORE_EMPTY 2018

/**
 * The store holds more facts than the guard has room for. The guard is closed.
 */
#define EJWT_STORE_TOO_FULL 2019

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Returns the name of a verdict, such as `Expired`, for a log. The result is a NUL-terminated constant,
 * never NULL.
 */
const char *ejwt_code_name(ejwt_code code);

/**
 * Returns the text of a verdict, such as `the token has expired`. The result is a NUL-terminated
 * constant, never NULL. It holds no part of a token.
 */
const char *ejwt_code_text(ejwt_code code);

/**
 * Returns the `EJWT_ABI` that the library was built with. If it differs from the `EJWT_ABI` of the
 * header, the structs differ too.
 */
uint32_t ejwt_abi(void);

/**
 * Verifies a token and checks its claims, in place: after the signature was verified, header and payload
 * are decoded over the token. The decoded header may have up to 512 bytes.
 *
 * `EJWT_OK` accepts the token and fills `*out`, which borrows the bytes of the token. Every other code
 * rejects the token and leaves `*out` unchanged. The token may have been overwritten even then.
 */
EJWT_MUST_USE
ejwt_code ejwt_verify_in_place(const struct ejwt_verifier *verifier,
                               struct ejwt_time time,
                               uint8_t *token,
                               size_t token_len,
                               struct ejwt_token *out);

/**
 * Verifies a token and checks its claims. Header and payload are decoded into `buffer`. `ejwt_buffer_len`
 * returns a length that is enough. The token is not changed.
 *
 * `EJWT_OK` accepts the token and fills `*out`, which borrows `buffer`. Every other code rejects the token
 * and leaves `*out` unchanged.
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
 * Returns the length in bytes of a buffer that is long enough for every token of at most `token_len`
 * bytes.
 */
size_t ejwt_buffer_len(size_t token_len);

/**
 * Writes the index of the key that verified the token to `*index`. Indices below `keys_len` are for
 * `ejwt_verifier::keys`. The indices from `keys_len` on are for `ejwt_verifier::jwks`.
 */
EJWT_MUST_USE ejwt_code ejwt_token_key(const struct ejwt_token *token, size_t *index);

/**
 * Returns whether the token is known to be valid at present. The result is false only for a token that was
 * accepted under `EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS`, and for a struct that is not filled.
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
 * Copies a claim that is a string to `out`, followed by a NUL. `out_len` is the length of `out` in bytes.
 *
 * `len`, if it is not NULL, receives the length of the string without the NUL, even if `out` is too small
 * (`EJWT_ERROR_BUFFER_TOO_SMALL`). A string that contains a NUL is rejected, because C would read another
 * string.
 */
EJWT_MUST_USE
ejwt_code ejwt_claim_string(const struct ejwt_token *token,
                            const char *name,
                            char *out,
                            size_t out_len,
                            size_t *len);

/**
 * Returns whether a claim is exactly this string. The result is false for every other value, and for a
 * wrong call.
 */
EJWT_MUST_USE bool ejwt_claim_is(const struct ejwt_token *token, const char *name, const char *expected);

/**
 * Fills `*out` with an iterator over a claim that is an array. `ejwt_array_next` returns the elements.
 */
EJWT_MUST_USE
ejwt_code ejwt_claim_array(const struct ejwt_token *token,
                           const char *name,
                           struct ejwt_array *out);

/**
 * Finds a claim of any type. A claim that is `null` is found, with the type `EJWT_TYPE_NULL`. If the token
 * does not have the claim, the code is `EJWT_ABSENT`.
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
 * Returns whether a value is exactly this string, as `ejwt_claim_is` does.
 */
EJWT_MUST_USE bool ejwt_value_is(const struct ejwt_value *value, const char *expected);

/**
 * Fills `*out` with an iterator over a value that is an array. `ejwt_array_next` returns the elements.
 */
EJWT_MUST_USE ejwt_code ejwt_value_array(const struct ejwt_value *value, struct ejwt_array *out);

/**
 * Finds a member of a value that is an object. If the object does not have the member, the code is
 * `EJWT_ABSENT`.
 */
EJWT_MUST_USE
ejwt_code ejwt_value_member(const struct ejwt_value *value,
                            const char *name,
                            struct ejwt_value *out);

/**
 * Fills `*out` with the next element of an array. After the last element, the code is `EJWT_END`.
 */
EJWT_MUST_USE ejwt_code ejwt_array_next(struct ejwt_array *array, struct ejwt_value *out);

/**
 * Reads one JWK (RFC 7517): `kty` `oct` for HS256, `EC` with `crv` `P-256` for ES256. The key has the
 * `kid` of the JWK.
 *
 * `buffer` must be as long as the text. It holds every secret of the JWK, even after an error. Wipe it
 * when the key is no longer used. A rejected JWK leaves `*out` unchanged.
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
 * Unsupported keys are skipped. A secret or a private key in the set is rejected, and so is the public
 * half of such a private key. `buffer` must be as long as the text. The keys are written to `out`, which
 * has room for `out_len` keys. With more usable keys than `out_len` or `EJWT_MAX_KEYS`, the set is
 * rejected (`EJWT_ERROR_JWK_SET_NO_ROOM`). A rejected set leaves `out` and `*report` unchanged.
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
 * If the request does not have the field, pass NULL as `authorization`. The code is then
 * `EJWT_NO_CREDENTIALS`.
 */
EJWT_MUST_USE
ejwt_code ejwt_bearer_token(const uint8_t *authorization,
                            size_t authorization_len,
                            size_t *start,
                            size_t *token_len);

/**
 * Returns the HTTP status for a verdict (RFC 6750 section 3.1): 200 for `EJWT_OK`, 400, 401 or 403 for an
 * error that the client caused, and 500 for every other error.
 */
uint32_t ejwt_http_status(ejwt_code code);

/**
 * Writes the value of a `WWW-Authenticate` header field for a verdict (RFC 6750 section 3), followed by a
 * NUL. `realm` names the protected resource. `scope` has the scopes that the request needs, or is NULL.
 * The description is the text of the verdict and holds no part of a token.
 *
 * `len`, if it is not NULL, receives the length without the NUL, even if `out` is too small. If the client
 * did not cause the error, the code is `EJWT_NO_CHALLENGE`: respond with the status alone.
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
 * stores that it is used. One code is the verdict on all steps. `EJWT_OK` fills `*out`. Every other code
 * leaves `*out` and the guard unchanged. After `EJWT_STORE_FAILED`, the token may be stored as used.
 */
EJWT_MUST_USE
ejwt_code ejwt_verify_once(const struct ejwt_verifier *verifier,
                           struct ejwt_time time,
                           uint8_t *token,
                           size_t token_len,
                           const struct ejwt_once *once,
                           struct ejwt_token *out);

/**
 * Makes a closed guard. `build_time` is the time of the firmware's build in seconds since 1970, and the
 * first time floor. `largest_step` is the maximum number of seconds by which one token without a nonce
 * raises the time floor. 0 means 30 days. `flags` is `EJWT_GUARD_ACCEPT_REORDERED` or 0.
 */
EJWT_MUST_USE
ejwt_code ejwt_guard_init(struct ejwt_guard *guard,
                          uint64_t build_time,
                          uint64_t largest_step,
                          uint32_t flags);

/**
 * Reads the facts of the store after a restart, before the first token. After `EJWT_OK`, the guard is
 * open. After `EJWT_STORE_EMPTY`, `EJWT_STORE_TOO_FULL` or `EJWT_STORE_FAILED`, it is closed.
 */
EJWT_MUST_USE ejwt_code ejwt_guard_restore(struct ejwt_guard *guard, const struct ejwt_store *store);

/**
 * Opens the guard of a new device, and stores that it is open. Call it only in the factory: on a device
 * that has lost its memory, every old token would be accepted again.
 */
EJWT_MUST_USE ejwt_code ejwt_guard_provision(struct ejwt_guard *guard, const struct ejwt_store *store);

/**
 * Returns what the guard knows about the time: the present is not before its time floor. On a device
 * without a clock, pass the result to the verification. For a guard that is not initialised, the time is
 * unknown.
 */
struct ejwt_time ejwt_guard_time(const struct ejwt_guard *guard);

/**
 * Returns whether the guard accepts tokens without a nonce.
 */
bool ejwt_guard_is_open(const struct ejwt_guard *guard);

/**
 * Issues a new nonce: writes 43 characters of base64url and a NUL to `text`, which has `EJWT_NONCE_LEN`
 * bytes. `now` is the present in ticks since the start of the device. A nonce that was issued before is no
 * longer valid.
 *
 * `random` fills `len` bytes with cryptographically secure randomness and returns `EJWT_OK`. It returns
 * any other number if it failed.
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
