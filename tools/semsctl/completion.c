/* semsctl completion: a shell's completion, made of the tables of commands. */
#include "tools/semsctl/command.h"

#include <stdio.h>
#include <string.h>

static void
print_options(const struct option *options)
{
	for (const struct option *o = options; o->name != NULL; o++)
		printf(" --%s", o->name);
}

/* A command's words for each place: what comes first, and what may come anywhere. */
static void
print_command(const struct command *c)
{
	const struct sub *sub;

	printf("\t%s)\n\t\tfirst='", c->name);
	for (size_t i = 0; c->sub != NULL && (sub = c->sub(i)) != NULL; i++)
		printf("%s%s", i == 0 ? "" : " ", sub->name);
	printf("'\n\t\toptions='--help");
	print_options(c->options);
	printf("' ;;\n");
}

static int
run(const struct options *o, int argc, char **argv)
{
	(void)o;
	if (command_option(&command_completion, argc, argv) != -1)
		return EXIT_USAGE;
	if (argc - optind != 1 || strcmp(argv[optind], "bash") != 0)
		return command_usage(&command_completion, "say for which shell: bash");
	puts("# bash completion for semsctl, made by `semsctl completion bash`\n"
	     "_semsctl()\n"
	     "{\n"
	     "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command='' "
	     "at=0 i "
	     "first='' options=''\n"
	     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	     "\t\tcase ${COMP_WORDS[i]} in\n"
	     "\t\t-s | --socket | -w | --wait | --color) i=$((i + 1)) ;;\n"
	     "\t\t-*) ;;\n"
	     "\t\t*) command=${COMP_WORDS[i]} at=$i; break ;;\n"
	     "\t\tesac\n"
	     "\tdone\n"
	     "\tcase $command in");
	printf("\t'')\n\t\tfirst='help");
	for (size_t i = 0; command_at(i) != NULL; i++)
		printf(" %s", command_at(i)->name);
	printf("'\n\t\toptions='");
	print_options(command_common_options);
	printf("' ;;\n");
	for (size_t i = 0; command_at(i) != NULL; i++)
		print_command(command_at(i));
	puts("\tesac\n"
	     "\tcase $word in\n"
	     "\t-*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\") ;;\n"
	     "\t*)\n"
	     "\t\tcase $before in\n"
	     "\t\t-*) first= ;;\n"
	     "\t\t*) [ \"$COMP_CWORD\" = $((at + 1)) ] || first= ;;\n"
	     "\t\tesac\n"
	     "\t\tif [ -n \"$first\" ]; then\n"
	     "\t\t\tmapfile -t COMPREPLY < <(compgen -W \"$first\" -- \"$word\")\n"
	     "\t\telse\n"
	     "\t\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
	     "\t\tfi ;;\n"
	     "\tesac\n"
	     "}\n"
	     "complete -o filenames -F _semsctl semsctl");
	return EXIT_DONE;
}

static const struct option longs[] = {{NULL, 0, NULL, 0}};

const struct command command_completion = {
    .options = longs,
    .letters = "",
    .name = "completion",
    .summary = "a shell's completion of semsctl's commands and options",
    .help =
	"Usage: semsctl completion bash\n"
	"Prints what makes bash complete commands, their words and options. `make install` puts\n"
	"it where bash looks for it.\n"
	"\n"
	"Example:\n"
	"  . <(semsctl completion bash)\n",
    .run = run,
};
