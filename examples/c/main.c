/*
 * A device that acts on signed commands: keys and policy in flash, a token over the UART, one verdict.
 *
 * It first sends two lines of two hexadecimal numbers. The first line has the bytes of stack that the buffer
 * for a token takes, and the length of a tick of its timer in picoseconds. The second line has no meaning in
 * this program. A message to the device is the length of a token in two bytes, least significant first, and
 * the token. The device answers with the verdict and the ticks of the verification, in hexadecimal on one
 * line.
 */
#include "board/board.h"
#include "embedded_jwt.h"

/* The maximum length of a token in bytes. */
#define MAX_LEN 1024
/* The time of the verification. A product reads its clock. */
#define NOW 1790000000

/* DEMONSTRATION SECRET. */
static const char SECRET[] = "demonstration secret of 32 bytes";

#if defined(WITH_TABLE)
#include "table_16.h"
#elif defined(WITH_ES256)
/* DEMONSTRATION KEY: RFC 6979, appendix A.2.5. */
static const uint8_t PUBLIC_KEY[65] = {
    0x04, 0x60, 0xFE, 0xD4, 0xBA, 0x25, 0x5A, 0x9D, 0x31, 0xC9, 0x61, 0xEB, 0x74, 0xC6, 0x35, 0x6D, 0x68,
    0xC0, 0x49, 0xB8, 0x92, 0x3B, 0x61, 0xFA, 0x6C, 0xE6, 0x69, 0x62, 0x2E, 0x60, 0xF2, 0x9F, 0xB6, 0x79,
    0x03, 0xFE, 0x10, 0x08, 0xB8, 0xBC, 0x99, 0xA4, 0x1A, 0xE9, 0xE9, 0x56, 0x28, 0xBC, 0x64, 0xF2, 0xF1,
    0xB2, 0x0C, 0x2D, 0x7E, 0x9F, 0x51, 0x77, 0xA3, 0xC2, 0x94, 0xD4, 0x46, 0x22, 0x99,
};
#endif

static const ejwt_key KEYS[] = {
    /* The NUL at the end of the array is not part of the secret. */
    { .kind = EJWT_KEY_HS256, .material = SECRET, .material_len = sizeof SECRET - 1, .kid = "bench" },
#if defined(WITH_TABLE)
    { .kind = EJWT_KEY_ES256_TABLE_16, .material = KEY, .material_len = sizeof KEY, .kid = "gateway-2026" },
#elif defined(WITH_ES256)
    { .kind = EJWT_KEY_ES256, .material = PUBLIC_KEY, .material_len = sizeof PUBLIC_KEY, .kid = "gateway-2026" },
#endif
};

static const ejwt_policy POLICY = {
    .issuer = "https://auth.example",
    .audience = "pump-7",
    .max_lifetime = 3600,
};

static const ejwt_verifier VERIFIER = {
    .keys = KEYS,
    .keys_len = sizeof KEYS / sizeof *KEYS,
    .policy = &POLICY,
};

/* Takes the place of the output pins. */
static volatile bool pump_is_on, lamp_is_on;
/* The last command. */
static volatile uint64_t last_seq;

/* Executes the command of a verified token. */
static ejwt_code obey(const ejwt_token *token)
{
    uint64_t seq;
    bool on;
    ejwt_code code = ejwt_claim_u64(token, "seq", &seq);
    if (code != EJWT_OK) {
        return code;
    }
    code = ejwt_claim_bool(token, "on", &on);
    if (code != EJWT_OK) {
        return code;
    }
    if (ejwt_claim_is(token, "output", "pump")) {
        pump_is_on = on;
    } else if (ejwt_claim_is(token, "output", "lamp")) {
        lamp_is_on = on;
    } else {
        return EJWT_WRONG_TYPE;
    }
    last_seq = seq;
    return EJWT_OK;
}

/* Sends two numbers on one line. */
static void report(uint32_t first, uint32_t second)
{
    for (int place = 60; place >= 0; place -= 4) {
        uint32_t number = place >= 32 ? first : second;
        board_send("0123456789abcdef"[number >> (place % 32) & 0xf]);
        if (place == 32) {
            board_send(' ');
        }
    }
    board_send('\n');
}

int main(void)
{
    uint8_t room[MAX_LEN];

    board_start();
    if (ejwt_abi() != EJWT_ABI) {
        /* The header does not match the library. */
        board_stop();
    }
    report(sizeof room, BOARD_TICK_PS);
    report(0, 0);
    for (;;) {
        size_t len = board_receive();
        len |= (size_t)board_receive() << 8;
        for (size_t at = 0; at < len; at++) {
            uint8_t byte = board_receive();
            if (at < sizeof room) {
                room[at] = byte;
            }
        }
        if (len > sizeof room) {
            report(EJWT_ERROR_TOKEN_TOO_LONG, 0);
            continue;
        }

        ejwt_time now = { .kind = EJWT_TIME_TRUSTED, .seconds = NOW };
        ejwt_token token = { { 0 } };
        uint32_t start = board_ticks();
        ejwt_code code = ejwt_verify_in_place(&VERIFIER, now, room, len, &token);
        uint32_t ticks = board_ticks() - start;
        if (code == EJWT_OK) {
            code = obey(&token);
        }
        report(code, ticks);
    }
}

/* Called after an internal error of the library. A product resets the device here. */
void ejwt_panic(void)
{
    board_stop();
}
