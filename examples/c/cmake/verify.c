/* Verifies the token of RFC 7515 appendix A.1, which expired in 2011, with the key in the same RFC. */
#include <embedded_jwt.h>

#include <stdio.h>
#include <string.h>

static const char JWK[] =
    "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1"
    "Z9CAow\"}";

static const char TOKEN[] =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtc"
    "GxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

static ejwt_code judge(const ejwt_verifier *verifier, uint64_t seconds)
{
    uint8_t bytes[sizeof TOKEN];
    ejwt_token token = { { 0 } };
    const ejwt_time now = { .kind = EJWT_TIME_TRUSTED, .seconds = seconds };
    memcpy(bytes, TOKEN, sizeof TOKEN);
    ejwt_code code = ejwt_verify_in_place(verifier, now, bytes, sizeof TOKEN - 1, &token);
    bool is_root = false;
    if (code == EJWT_OK) {
        code = ejwt_claim_bool(&token, "http://example.com/is_root", &is_root);
    }
    printf("at %llu: %s, is_root %s\n", (unsigned long long)seconds, ejwt_code_text(code),
           is_root ? "true" : "false");
    return code;
}

int main(void)
{
    uint8_t room[sizeof JWK];
    ejwt_jwk key = { { 0 } };
    if (ejwt_jwk_parse((const uint8_t *)JWK, sizeof JWK - 1, room, sizeof room, &key) != EJWT_OK) {
        return 1;
    }
    const ejwt_policy policy = { .issuer = "joe" };
    const ejwt_verifier verifier = { .jwks = &key, .jwks_len = 1, .policy = &policy };
    /* A minute before the token expires, and when it expires. */
    ejwt_code before = judge(&verifier, 1300819320), after = judge(&verifier, 1300819380);
    return before == EJWT_OK && after == EJWT_ERROR_EXPIRED ? 0 : 1;
}
