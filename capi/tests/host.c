/*
 * The C API on the host, for the sanitizers and for valgrind: `cargo xtask c-host` builds and runs it.
 *
 * Its first argument is a file of tokens with the verdicts of the core: the secret (32 bytes) and the public
 * key (65 bytes), then for each token its verdict in place, its verdict with a buffer and its length, 4 bytes
 * each, least significant first, and its bytes. The second argument is a token with a `jti` that is accepted.
 * Every token and every buffer has memory of its own, of exactly its length, so that a byte too many is
 * noticed.
 */
#include "embedded_jwt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1790000000u

static unsigned failures;

#define CHECK(condition)                                                                            \
    do {                                                                                            \
        if (!(condition)) {                                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                 \
            failures++;                                                                             \
        }                                                                                           \
    } while (0)

static uint8_t secret[32], point[65];
static const ejwt_time TRUSTED = { EJWT_TIME_TRUSTED, NOW };

static uint32_t number(FILE *file)
{
    uint8_t bytes[4] = { 0 };
    CHECK(fread(bytes, 1, 4, file) == 4);
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* A copy in memory of exactly this length. */
static uint8_t *copy(const void *bytes, size_t len)
{
    uint8_t *memory = malloc(len ? len : 1);
    if (!memory) {
        abort();
    }
    memcpy(memory, bytes, len);
    return memory;
}

static ejwt_code in_place(const ejwt_verifier *verifier, const void *bytes, size_t len, ejwt_token *out,
                          uint8_t **borrowed)
{
    *borrowed = copy(bytes, len);
    return ejwt_verify_in_place(verifier, TRUSTED, *borrowed, len, out);
}

static bool is_zero(const void *place, size_t len)
{
    const uint8_t *bytes = place;
    for (size_t at = 0; at < len; at++) {
        if (bytes[at]) {
            return false;
        }
    }
    return true;
}

static void judge(const ejwt_verifier *verifier, FILE *file, unsigned *cases)
{
    int next;
    while ((next = fgetc(file)) != EOF) {
        ungetc(next, file);
        uint32_t expected_in_place = number(file), expected = number(file), len = number(file);
        uint8_t *token = malloc(len ? len : 1), *borrowed;
        if (!token || fread(token, 1, len, file) != len) {
            abort();
        }
        ejwt_token out;
        memset(&out, 0, sizeof out);
        ejwt_code code = in_place(verifier, token, len, &out, &borrowed);
        CHECK(code == expected_in_place);
        CHECK(code == EJWT_OK || is_zero(&out, sizeof out));
        if (code == EJWT_OK) {
            uint64_t exp;
            ejwt_code found = ejwt_claim_u64(&out, "exp", &exp);
            CHECK(found == EJWT_OK || found == EJWT_WRONG_TYPE);
        }
        free(borrowed);

        size_t room = ejwt_buffer_len(len);
        uint8_t *buffer = malloc(room ? room : 1);
        if (!buffer) {
            abort();
        }
        memset(&out, 0, sizeof out);
        code = ejwt_verify(verifier, TRUSTED, token, len, buffer, room ? room : 1, &out);
        CHECK(code == expected);
        CHECK(code == EJWT_OK || is_zero(&out, sizeof out));
        free(buffer);
        free(token);
        ++*cases;
    }
}

/* RFC 7515 appendix A.3. */
static const char *const GOOD_JWK =
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"1\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";

static void jwks(void)
{
    size_t len = strlen(GOOD_JWK);
    uint8_t *text = copy(GOOD_JWK, len), *buffer = copy(GOOD_JWK, len);
    ejwt_jwk key = { { 0 } };
    CHECK(ejwt_jwk_parse(text, len, buffer, len, &key) == EJWT_OK);
    CHECK(ejwt_jwk_parse(text, len, buffer, len - 1, &key) == EJWT_ERROR_BUFFER_TOO_SMALL);
    CHECK(ejwt_jwk_parse(NULL, len, buffer, len, &key) == EJWT_NULL_POINTER);
    CHECK(ejwt_jwk_parse(buffer, len, buffer, len, &key) == EJWT_OVERLAP);

    char set[512];
    int written = snprintf(set, sizeof set, "{\"keys\":[{\"kty\":\"RSA\"},%s]}", GOOD_JWK);
    uint8_t *room = malloc((size_t)written);
    ejwt_jwk keys[2];
    ejwt_jwk_set_report report = { 0, 0, 0, 0 };
    memset(keys, 0, sizeof keys);
    CHECK(room != NULL);
    CHECK(ejwt_jwk_set_parse((uint8_t *)set, (size_t)written, room, (size_t)written, keys, 2, &report)
          == EJWT_OK);
    CHECK(report.keys == 1 && report.skipped == 1 && report.rejected == 0);
    CHECK(is_zero(&keys[1], sizeof keys[1]));
    free(room);
    free(buffer);
    free(text);
}

static void oauth(void)
{
    static const char VALUE[] = "Bearer a.b.c";
    size_t start, len;
    CHECK(ejwt_bearer_token((const uint8_t *)VALUE, sizeof VALUE - 1, &start, &len) == EJWT_OK);
    CHECK(start == 7 && len == 5);
    CHECK(ejwt_bearer_token(NULL, 0, &start, &len) == EJWT_NO_CREDENTIALS);
    char out[128];
    CHECK(ejwt_challenge("pump-7", NULL, EJWT_ERROR_EXPIRED, out, sizeof out, &len) == EJWT_OK);
    CHECK(strlen(out) == len && strstr(out, "invalid_token") != NULL);
    char *exact = malloc(len + 1);
    CHECK(exact != NULL);
    CHECK(ejwt_challenge("pump-7", NULL, EJWT_ERROR_EXPIRED, exact, len + 1, NULL) == EJWT_OK);
    CHECK(ejwt_challenge("pump-7", NULL, EJWT_ERROR_EXPIRED, exact, len, NULL)
          == EJWT_ERROR_BUFFER_TOO_SMALL);
    free(exact);
    CHECK(ejwt_http_status(EJWT_ERROR_EXPIRED) == 401);
    CHECK(strcmp(ejwt_code_name(EJWT_ERROR_EXPIRED), "Expired") == 0);
    CHECK(strcmp(ejwt_code_name(UINT32_MAX), "Unknown") == 0);
}

/* A memory that lasts as long as the program. */
struct flash {
    uint8_t facts[8][EJWT_FACT_LEN];
    size_t len;
};

static ejwt_code append(void *context, const uint8_t *fact)
{
    struct flash *flash = context;
    if (flash->len == 8) {
        return EJWT_STORE_FAILED;
    }
    memcpy(flash->facts[flash->len++], fact, EJWT_FACT_LEN);
    return EJWT_OK;
}

static ejwt_code read(void *context, size_t index, uint8_t *fact)
{
    struct flash *flash = context;
    if (index >= flash->len) {
        return EJWT_END;
    }
    memcpy(fact, flash->facts[index], EJWT_FACT_LEN);
    return EJWT_OK;
}

static ejwt_code once(const ejwt_verifier *verifier, const ejwt_once *once, const char *token)
{
    size_t len = strlen(token);
    uint8_t *bytes = copy(token, len);
    ejwt_token out = { { 0 } };
    ejwt_code code = ejwt_verify_once(verifier, TRUSTED, bytes, len, once, &out);
    free(bytes);
    return code;
}

/* The token is the second argument of the program: accepted, and with a `jti`. */
static void device(const ejwt_verifier *verifier, const char *token)
{
    ejwt_guard *guard = calloc(1, sizeof *guard);
    struct flash flash = { { { 0 } }, 0 };
    ejwt_store store = { &flash, append, read };
    ejwt_once how = { guard, &store, NULL, NULL, 0, 0 };
    CHECK(guard != NULL);
    CHECK(once(verifier, &how, token) == EJWT_NOT_FILLED);
    CHECK(ejwt_guard_init(guard, 1, 0, 0) == EJWT_OK);
    CHECK(once(verifier, &how, token) == EJWT_ERROR_REPLAY_GUARD_CLOSED);
    CHECK(ejwt_guard_restore(guard, &store) == EJWT_STORE_EMPTY);
    CHECK(ejwt_guard_provision(guard, &store) == EJWT_OK);
    CHECK(once(verifier, &how, token) == EJWT_OK);
    CHECK(once(verifier, &how, token) == EJWT_ERROR_REPLAYED);
    CHECK(ejwt_guard_init(guard, 1, 0, 0) == EJWT_OK);
    CHECK(ejwt_guard_restore(guard, &store) == EJWT_OK);
    CHECK(once(verifier, &how, token) == EJWT_ERROR_REPLAYED);
    free(guard);
}

static void pointers(const ejwt_verifier *verifier)
{
    ejwt_token out = { { 0 } };
    uint8_t bytes[64] = "a.b.c";
    uint64_t value = 7;
    CHECK(ejwt_verify_in_place(NULL, TRUSTED, bytes, 5, &out) == EJWT_NULL_POINTER);
    CHECK(ejwt_verify_in_place(verifier, TRUSTED, NULL, 5, &out) == EJWT_NULL_POINTER);
    CHECK(ejwt_verify_in_place(verifier, TRUSTED, bytes, 5, NULL) == EJWT_NULL_POINTER);
    CHECK(ejwt_verify_in_place(verifier, TRUSTED, bytes, SIZE_MAX, &out) == EJWT_TOO_LONG);
    CHECK(ejwt_verify_in_place(verifier, TRUSTED, bytes, 1u << 30, &out) == EJWT_ERROR_TOKEN_TOO_LONG);
    CHECK(ejwt_verify_in_place(verifier, TRUSTED, (uint8_t *)&out, 5, &out) == EJWT_OVERLAP);
    CHECK(ejwt_verify(verifier, TRUSTED, bytes, 5, bytes + 4, 8, &out) == EJWT_OVERLAP);
    CHECK(ejwt_claim_u64(&out, "exp", &value) == EJWT_NOT_FILLED);
    CHECK(ejwt_claim_u64(NULL, "exp", &value) == EJWT_NULL_POINTER);
    CHECK(value == 7 && is_zero(&out, sizeof out));
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s FILE TOKEN\n", argv[0]);
        return 2;
    }
    FILE *file = fopen(argv[1], "rb");
    if (!file || fread(secret, 1, 32, file) != 32 || fread(point, 1, 65, file) != 65) {
        fprintf(stderr, "%s cannot be read\n", argv[1]);
        return 2;
    }
    CHECK(ejwt_abi() == EJWT_ABI);
    const ejwt_key keys[] = {
        { .kind = EJWT_KEY_HS256, .material = secret, .material_len = sizeof secret },
        { .kind = EJWT_KEY_ES256, .material = point, .material_len = sizeof point },
    };
    const ejwt_policy policy = { .leeway = 0 };
    const ejwt_verifier verifier = { .keys = keys, .keys_len = 2, .policy = &policy };

    unsigned cases = 0;
    judge(&verifier, file, &cases);
    fclose(file);
    pointers(&verifier);
    jwks();
    oauth();
    device(&verifier, argv[2]);
    printf("%u tokens, each in place and with a buffer; %u failures\n", cases, failures);
    return failures != 0 || cases == 0;
}
