/* Record identities: UUIDs of version 7 or 8 (RFC 9562) whose first 48 bits are Unix milliseconds.
 */
#ifndef SEMS_BASE_UUID_H
#define SEMS_BASE_UUID_H

#include "base/civil.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct uuid {
	unsigned char b[16];
};

#define UUID_TEXT_SIZE 37

/* Version 7 (rest random) when rest_is_random, else 8. rest: 10 bytes, of which 74 bits are used.
 */
struct uuid uuid_at(struct utc_ms t, const unsigned char rest[10], bool rest_is_random);
bool uuid_is_timed(const struct uuid *u); /* version 7 or 8, RFC variant */
struct utc_ms uuid_time(const struct uuid *u);
void uuid_format(const struct uuid *u, char out[UUID_TEXT_SIZE]);
bool uuid_parse(struct text s, struct uuid *u);

#endif
