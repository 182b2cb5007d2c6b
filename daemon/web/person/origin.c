#include "web/person/origin.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";

/* A name as certificates have it; what ends in digits is taken for an address. */
static bool
is_name(const char *host, size_t n)
{
	const size_t good = strspn(host, letters);

	return n > 0 && good == n && n < ORIGIN_NAME_SIZE && host[0] != '.' && host[0] != '-' &&
	       host[n - 1] >= 'a' && host[n - 1] <= 'z' && strstr(host, "..") == NULL;
}

static const char *
check_port(const char *colon, unsigned usual)
{
	char *end = NULL;
	unsigned long port;

	if (colon[0] == '\0')
		return NULL;
	if (colon[1] < '1' || colon[1] > '9')
		return "what follows the name is no port";
	port = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || port > 65535)
		return "what follows the name is no port, without a slash behind it";
	return port == usual ? "browsers leave out the usual port: leave it out" : NULL;
}

const char *
origin_parse(const char *given, struct origin *o)
{
	static const char tls[] = "https://";
	static const char plain[] = "http://";
	const bool is_tls = strncmp(given, tls, sizeof tls - 1) == 0;
	const char *host = given + (is_tls ? sizeof tls : sizeof plain) - 1;
	const char *wrong;
	size_t n;

	if (!is_tls && strncmp(given, plain, sizeof plain - 1) != 0)
		return "it begins with https://";
	n = strcspn(host, ":/");
	if (!is_name(host, n))
		return "behind https:// is no name of a host in small letters; addresses have no "
		       "passkeys";
	if (!is_tls && (n != 9 || memcmp(host, "localhost", 9) != 0))
		return "in plain HTTP browsers make passkeys for localhost alone";
	if (host[n] == '/')
		return "nothing follows the name but a port";
	wrong = check_port(host + n, is_tls ? 443 : 80);
	if (wrong != NULL)
		return wrong;
	snprintf(o->text, sizeof o->text, "%s", given);
	snprintf(o->rp_id, sizeof o->rp_id, "%.*s", (int)n, host);
	return NULL;
}
