/*
 * Keys outside the database, one file each (mode 0600, 32 random bytes): one per civil year for
 * pseudonyms, so that destroying a year's file completes an erasure, and one for the quarantine.
 */
#ifndef SEMS_STORE_KEYRING_H
#define SEMS_STORE_KEYRING_H

#include "base/digest.h"
#include "base/err.h"

struct keyring;

/* Opens the folder of keys, making it (0700) and what is missing. */
enum code keyring_open(const char *folder, struct keyring **out, struct err *e) MUST_CHECK;
void keyring_free(struct keyring *k);
/* The key for persons in records of that civil year; made when it is the first. NULL: cannot. */
const unsigned char *keyring_person(struct keyring *k, int year);
const unsigned char *keyring_quarantine(const struct keyring *k);

#endif
