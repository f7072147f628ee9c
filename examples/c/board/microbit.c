/* BBC micro:bit v1: nRF51822, Cortex-M0. Register names as in the nRF51 Series Reference Manual. */
#include "board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define GPIO_OUTSET REGISTER(0x50000508)
#define GPIO_DIRSET REGISTER(0x50000518)
#define UART_STARTRX REGISTER(0x40002000)
#define UART_STARTTX REGISTER(0x40002008)
#define UART_RXDRDY REGISTER(0x40002108)
#define UART_TXDRDY REGISTER(0x4000211C)
#define UART_ENABLE REGISTER(0x40002500)
#define UART_PSELTXD REGISTER(0x4000250C)
#define UART_PSELRXD REGISTER(0x40002514)
#define UART_RXD REGISTER(0x40002518)
#define UART_TXD REGISTER(0x4000251C)
#define UART_BAUDRATE REGISTER(0x40002524)
#define TIMER_START REGISTER(0x40008000)
#define TIMER_CAPTURE0 REGISTER(0x40008040)
#define TIMER_BITMODE REGISTER(0x40008508)
#define TIMER_PRESCALER REGISTER(0x40008510)
#define TIMER_CC0 REGISTER(0x40008540)

#define BAUD_115200 0x01D7E000u
/* These two pins are wired to the board's USB interface chip. */
#define TXD_PIN 24
#define RXD_PIN 25

void board_start(void)
{
    /* The idle level of TXD is high. */
    GPIO_OUTSET = 1u << TXD_PIN;
    GPIO_DIRSET = 1u << TXD_PIN;
    UART_PSELTXD = TXD_PIN;
    UART_PSELRXD = RXD_PIN;
    UART_BAUDRATE = BAUD_115200;
    UART_ENABLE = 4;
    UART_STARTRX = 1;
    UART_STARTTX = 1;
    /* 32 bits wide. */
    TIMER_BITMODE = 3;
    TIMER_PRESCALER = 0;
    TIMER_START = 1;
}

uint8_t board_receive(void)
{
    while (!UART_RXDRDY) {
    }
    /* Cleared before the byte is taken: the next byte sets it again, so none is missed. */
    UART_RXDRDY = 0;
    return (uint8_t)UART_RXD;
}

void board_send(char byte)
{
    UART_TXDRDY = 0;
    UART_TXD = (uint8_t)byte;
    while (!UART_TXDRDY) {
    }
}

uint32_t board_ticks(void)
{
    TIMER_CAPTURE0 = 1;
    return TIMER_CC0;
}
