/*
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The panic handler of embedded-jwt under Zephyr.
 */
#include <embedded_jwt.h>
#include <zephyr/kernel.h>

void ejwt_panic(void)
{
	k_panic();
	CODE_UNREACHABLE;
}
