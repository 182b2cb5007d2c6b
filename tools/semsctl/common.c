#include "base/err.h"
#include "core/kind/kind.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/progress.h"

#include <stdarg.h>
#include <stdio.h>

int
command_fail(const struct err *e)
{
	/* What a request is refused for is said of a field: name it. */
	if (e->code == REJ_FIELD && e->where[0] != '\0')
		fprintf(stderr, "semsctl: %s: %s\n", e->where, e->text);
	else
		fprintf(stderr, "semsctl: %s\n", e->text);
	if (progress_interrupted())
		return EXIT_INTERRUPTED;
	if (e->code >= FATAL_CONFIG)
		return e->code == FATAL_CONFIG ? EXIT_USAGE : EXIT_FAULT;
	return code_is_retry(e->code) ? EXIT_UNAVAILABLE : EXIT_REFUSED;
}

int
command_usage(const struct command *c, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "semsctl %s: ", c->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nSee `semsctl %s --help`.\n", c->name);
	return EXIT_USAGE;
}

int
usage_of_kind(const struct command *c, const char *kind)
{
	char unknown[KIND_UNKNOWN_SIZE];

	kind_unknown(kind, ": `semsctl template` lists them", unknown);
	return command_usage(c, "%s", unknown);
}
