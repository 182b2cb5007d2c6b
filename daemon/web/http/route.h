/*
 * Which request goes where: a table of methods and paths, and what is asked of a request before
 * anybody looks at what it says.
 */
#ifndef SEMS_WEB_HTTP_ROUTE_H
#define SEMS_WEB_HTTP_ROUTE_H

#include "web/http/answer.h"

#include <stddef.h>

struct visits;

#define BODY_MAX ((size_t)1024 * 1024)

enum method { METHOD_GET, METHOD_POST, METHODS };

struct route {
	enum method method; /* GET is HEAD, too */
	const char *path;   /* with a * at its end all that begin so, and go on */
	void (*handle)(void *ctx, struct asked *a);
};

struct routes {
	const struct route *list;
	size_t n;
	void *ctx; /* of handle */
	struct visits *visits;
};

/* For evhttp_set_gencb(); arg: const struct routes *. */
void route_take(struct evhttp_request *req, void *arg);

#endif
