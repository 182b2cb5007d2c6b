#include "tools/semsctl/show.h"

#include "client/ask.h"
#include "tools/terminal/screen.h"

#include <stdio.h>

int
command_show(const struct options *o, Sems__V1__Request *request, int as_json,
	     void (*print)(json_t *answer, int color))
{
	json_t *answer = NULL;
	struct err e;

	if (ask(o->address, request, &answer, &e) != OK)
		return command_fail(&e);
	screen_page();
	if (as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		print(answer, o->color);
	}
	json_decref(answer);
	return EXIT_DONE;
}
