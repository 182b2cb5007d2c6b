/*
 * Where semsweb is for browsers: "https://sems.example:8443". Passkeys are made for its name and
 * are of no use elsewhere.
 */
#ifndef SEMS_WEB_PERSON_ORIGIN_H
#define SEMS_WEB_PERSON_ORIGIN_H

#include <stdbool.h>

#define ORIGIN_NAME_SIZE 254 /* of a host's name, with the NUL */

struct origin {
	char text[ORIGIN_NAME_SIZE + 16]; /* as browsers write it; "": it is not known */
	char rp_id[ORIGIN_NAME_SIZE];     /* the name in it */
};

/* https://NAME[:PORT], or http://localhost[:PORT]. NULL: good; else what is wrong with it. */
const char *origin_parse(const char *given, struct origin *o);

#endif
