#include "web/desk/known.h"

#include <stdio.h>

struct known *
known_find(struct known_list *l, const char *id, int64_t now_ms)
{
	for (size_t i = 0; i < KNOWN_MOST; i++)
		if (strcmp(l->list[i].id, id) == 0 && now_ms - l->list[i].since_ms < KNOWN_MS)
			return id[0] == '\0' ? NULL : &l->list[i];
	return NULL;
}

static struct known *
place_for(struct known_list *l, const char *id)
{
	struct known *oldest = &l->list[0];

	for (size_t i = 0; i < KNOWN_MOST; i++) {
		struct known *k = &l->list[i];

		if (strcmp(k->id, id) == 0)
			return k;
		if (oldest->id[0] != '\0' && (k->id[0] == '\0' || k->since_ms < oldest->since_ms))
			oldest = k;
	}
	return oldest;
}

struct known *
known_keep(struct known_list *l, const char *id, const char *principal, const unsigned char *point,
	   int64_t now_ms)
{
	struct known *k = place_for(l, id);

	*k = (struct known){.since_ms = now_ms};
	snprintf(k->id, sizeof k->id, "%s", id);
	snprintf(k->principal, sizeof k->principal, "%s", principal);
	if (point != NULL)
		memcpy(k->point, point, sizeof k->point);
	return k;
}
