/* semsctl device: phones and other devices that come by HTTP. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "client/ask.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/qr.h"
#include "tools/terminal/screen.h"

#include <stdlib.h>
#include <string.h>

#define QR_TEXT_SIZE 512

static const struct listing_column columns[] = {
    {"principal", "Device"},       {"state", "State"},          {"by", "By"},
    {"last_seen_at", "Last seen"}, {"enrolled_at", "Enrolled"}, {"invited_by", "Invited by"},
    {"code_until", "Code until"},  {"revoked_at", "Revoked"},   {"revoked_by", "Revoked by"},
};

static void
print_list(const struct options *o, const json_t *answer)
{
	const json_t *devices = json_object_get(answer, "devices");

	if (json_array_size(devices) == 0)
		puts("There are no devices yet: semsctl device invite NAME");
	listing_table(devices, columns, COUNT(columns), o->color, stdout);
}

/* What a camera reads: where to exchange the code, and behind # the code. */
static void
print_invitation(const json_t *answer, const char *web)
{
	const char *code = member_text(answer, "code");
	char text[QR_TEXT_SIZE];
	size_t n = strlen(web);

	while (n > 0 && web[n - 1] == '/')
		n--;
	snprintf(text, sizeof text, "%.*s%s%s", (int)n, web, n == 0 ? "" : "/v1/enrol#", code);
	printf("%s\n\n", code);
	if (screen_width() != 0 && strlen(text) < sizeof text - 1 && qr_print(text, stdout))
		putchar('\n');
	printf("Exchange it for a credential of %s by POST /v1/enrol, once, until %s.\n",
	       member_text(answer, "principal"), member_text(answer, "until"));
}

static void
print_answer(const struct options *o, const json_t *answer, Sems__V1__DeviceOperation what,
	     const char *web)
{
	if (what == SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_LIST)
		print_list(o, answer);
	else if (what == SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_INVITE)
		print_invitation(answer, web);
	else
		printf("%s is revoked since %s: nothing of it is taken any more.\n",
		       member_text(answer, "principal"), member_text(answer, "revoked_at"));
}

static const struct {
	const char *word;
	Sems__V1__DeviceOperation what;
	int names;
} words[] = {
    {"list", SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_LIST, 0},
    {"invite", SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_INVITE, 1},
    {"revoke", SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_REVOKE, 1},
};

static const struct option longs[] = {
    {"json", no_argument, NULL, 'j'}, {"web", required_argument, NULL, 'W'}, {NULL, 0, NULL, 0}};

static int
run(const struct options *o, int argc, char **argv)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__DeviceRequest device = SEMS__V1__DEVICE_REQUEST__INIT;
	const char *web = "";
	const char *word;
	json_t *answer = NULL;
	bool as_json = false;
	struct err e;
	size_t i = 0;
	int opt;

	while ((opt = command_option(&command_device, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		as_json = as_json || opt == 'j';
		web = opt == 'W' ? optarg : web;
	}
	word = optind < argc ? argv[optind] : "list";
	while (i < COUNT(words) && strcmp(words[i].word, word) != 0)
		i++;
	if (i == COUNT(words))
		return command_unknown_sub(&command_device, word);
	if (optind + (optind < argc) + words[i].names != argc)
		return command_usage(&command_device, "list, or invite or revoke and one name");
	device.has_operation = 1;
	device.operation = words[i].what;
	device.name = words[i].names != 0 ? argv[optind + 1] : NULL;
	request.body_case = SEMS__V1__REQUEST__BODY_DEVICE;
	request.device = &device;
	if (ask(o->address, &request, &answer, &e) != OK)
		return command_fail(&e);
	if (as_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
		putchar('\n');
	} else {
		print_answer(o, answer, words[i].what, web);
	}
	json_decref(answer);
	return EXIT_DONE;
}

static const struct sub subs[] = {
    {"list", "[--json]", "Which devices there are, and when each was last seen.",
     "semsctl device list"},
    {"invite", "NAME [--web URL] [--json]",
     "A code for a device, to be exchanged once within an hour.", "semsctl device invite phone-1"},
    {"revoke", "NAME [--json]", "Nobody is this device any more.", "semsctl device revoke phone-1"},
};

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_device = {
    .sub = sub_at,
    .options = longs,
    .letters = "",
    .name = "device",
    .summary = "phones and other devices that come by HTTP",
    .help = "A device that comes by semsweb is device:NAME, with what is granted to that name.\n"
	    "`invite` makes a code, valid for an hour, which it exchanges once for a credential\n"
	    "of its own; on a terminal it is shown as a QR code, too, which with --web opens the\n"
	    "field app on a phone. One that is invited again\n"
	    "keeps its credential until the new code is used. `revoke` ends it at once; records\n"
	    "that it sent before stay.\n"
	    "\n"
	    "      --web URL         where semsweb is, for the QR code\n"
	    "      --json            the answer as JSON\n"
	    "\n"
	    "Examples:\n"
	    "  semsctl device\n"
	    "  semsctl device invite phone-1 --web https://sems.example:8443\n"
	    "  semsctl device revoke phone-1\n",
    .run = run,
};
