/*
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The panic handler of embedded-jwt under ESP-IDF.
 */
#include "embedded_jwt.h"
#include "esp_system.h"

void ejwt_panic(void)
{
    esp_system_abort("embedded-jwt failed");
}
