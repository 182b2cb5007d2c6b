#include "ingest/party.h"

#include <stdlib.h>
#include <string.h>

#define CHAINS 1024u /* twelve thousand principals at most */

struct parties {
	struct party *chains[CHAINS];
};

struct parties *
parties_new(void)
{
	return calloc(1, sizeof(struct parties));
}

void
parties_free(struct parties *ps)
{
	for (size_t i = 0; ps != NULL && i < CHAINS; i++) {
		while (ps->chains[i] != NULL) {
			struct party *p = ps->chains[i];

			ps->chains[i] = p->next;
			free(p);
		}
	}
	free(ps);
}

/* FNV-1a: whoever makes names collide has no more of them than sessions, and waits himself. */
static size_t
chain_of(struct text name)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.s[i]) * 16777619u;
	return h % CHAINS;
}

static struct party *
find(struct party *chain, struct text name)
{
	while (chain != NULL &&
	       (strlen(chain->name) != name.n || memcmp(chain->name, name.s, name.n) != 0))
		chain = chain->next;
	return chain;
}

const struct party *
party_find(const struct parties *ps, struct text name)
{
	return find(ps->chains[chain_of(name)], name);
}

struct party *
party_join(struct parties *ps, struct text name)
{
	struct party **chain = &ps->chains[chain_of(name)];
	struct party *p = find(*chain, name);

	if (p == NULL) {
		p = calloc(1, sizeof *p);
		if (p == NULL)
			return NULL;
		memcpy(p->name, name.s, name.n);
		TAILQ_INIT(&p->silent);
		p->next = *chain;
		*chain = p;
	}
	p->sessions++;
	return p;
}

void
party_leave(struct parties *ps, struct party *p)
{
	struct party **at;

	if (p == NULL || --p->sessions > 0)
		return;
	at = &ps->chains[chain_of(text_of(p->name))];
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	free(p);
}

const struct party *
party_greediest(const struct parties *ps)
{
	const struct party *most = NULL;

	for (size_t i = 0; i < CHAINS; i++) {
		for (const struct party *p = ps->chains[i]; p != NULL; p = p->next)
			if (p->unsent > (most == NULL ? 0 : most->unsent))
				most = p;
	}
	return most;
}
