/* Arm MPS2, image AN386: Cortex-M4F. Register names as in the Cortex-M System Design Kit's manual. */
#include "board.h"

struct uart {
    volatile uint32_t data, state, ctrl, int_status, bauddiv;
};
struct timer {
    volatile uint32_t ctrl, value, reload;
};

#define UART ((struct uart *)0x40004000)
#define TIMER ((struct timer *)0x40000000)

#define CLOCK 25000000u
#define TX_FULL 1u
#define RX_FULL 2u
#define TX_RX_ENABLE 3u
#define TIMER_ENABLE 1u

void board_start(void)
{
    /* The floating-point unit, which code for this core may use. */
    *(volatile uint32_t *)0xE000ED88 |= 0xfu << 20;
    UART->bauddiv = CLOCK / 115200;
    UART->ctrl = TX_RX_ENABLE;
    TIMER->reload = UINT32_MAX;
    TIMER->value = UINT32_MAX;
    TIMER->ctrl = TIMER_ENABLE;
}

uint8_t board_receive(void)
{
    while (!(UART->state & RX_FULL)) {
    }
    return (uint8_t)UART->data;
}

void board_send(char byte)
{
    while (UART->state & TX_FULL) {
    }
    UART->data = (uint8_t)byte;
}

uint32_t board_ticks(void)
{
    /* It counts down. */
    return ~TIMER->value;
}
