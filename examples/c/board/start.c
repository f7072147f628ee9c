/* Vector table and start-up of a Cortex-M without an operating system. */
#include "board.h"

extern uint32_t stack_end[], data_start[], data_end[], data_in_flash[], bss_start[], bss_end[];

int main(void);

/* Ends the emulation with an error, through semihosting. */
void board_stop(void)
{
    register uint32_t operation __asm__("r0") = 0x18;
    register uint32_t reason __asm__("r1") = 0x20023;
    __asm__ volatile("bkpt 0xab" : : "r"(operation), "r"(reason) : "memory");
    for (;;) {
    }
}

/* The first function after a reset. */
void reset(void);

void reset(void)
{
    uint32_t *from = data_in_flash;
    for (uint32_t *to = data_start; to < data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = bss_start; to < bss_end;) {
        *to++ = 0;
    }
    main();
    board_stop();
}

static void fault(void)
{
    board_stop();
}

/* A function or an address, as the core reads it. */
union vector {
    void (*function)(void);
    void *address;
};

__attribute__((section(".vectors"), used)) static const union vector VECTORS[16] = {
    { .address = stack_end }, { reset }, { fault }, { fault }, { fault }, { fault }, { fault }, { 0 },
    { 0 },                    { 0 },     { 0 },     { fault }, { fault }, { 0 },     { fault }, { fault },
};
