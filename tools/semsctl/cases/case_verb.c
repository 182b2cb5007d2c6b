#include "tools/semsctl/cases/case_verb.h"

#include <string.h>

static int
run_verb(struct case_wish *w, const struct case_verb *v, const char *argument)
{
	bool is_new = v->makes != CASE_KINDS;

	if (v->run != NULL)
		return v->run(w, argument);
	if (is_new && argument != NULL)
		return command_usage(w->command, "%s takes no argument '%s'", v->sub.name,
				     argument);
	if (!is_new && argument == NULL)
		return command_usage(w->command, "%s: say which, such as %s-2026-014", v->sub.name,
				     case_kinds[w->kind].letter);
	w->kind = is_new ? v->makes : w->kind;
	return case_tell_event(w, v->event, argument);
}

int
case_run(struct case_wish *w, const struct case_verb *verbs, size_t n, int argc, char **argv,
	 int (*first)(struct case_wish *w, const char *argument))
{
	int opt;

	while ((opt = command_option(w->command, argc, argv)) != -1)
		if (case_take_option(w, opt, optarg) != EXIT_DONE)
			return EXIT_USAGE;
	if (optind == argc)
		return first(w, NULL);
	for (size_t i = 0; i < n; i++)
		if (strcmp(argv[optind], verbs[i].sub.name) == 0 && argc - optind <= 2)
			return run_verb(w, &verbs[i], optind + 1 < argc ? argv[optind + 1] : NULL);
	if (command_find_sub(w->command, argv[optind]) == NULL)
		return command_unknown_sub(w->command, argv[optind]);
	return command_usage(w->command, "that is one word too many for '%s'", argv[optind]);
}
