/* The functions that depend on the board. This folder has a file for each board. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#if defined(BOARD_MICROBIT)
/* Picoseconds of a tick at 16 MHz. */
#define BOARD_TICK_PS 62500
#else
/* Picoseconds of a tick at 25 MHz. */
#define BOARD_TICK_PS 40000
#endif

/* Starts UART and timer. */
void board_start(void);
/* Waits for a byte. */
uint8_t board_receive(void);
/* Sends a byte. */
void board_send(char byte);
/* A timer that counts up. */
uint32_t board_ticks(void);
/* Ends the emulation with an error. A product resets the device. */
void board_stop(void) __attribute__((noreturn));

#endif
