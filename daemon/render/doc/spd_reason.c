#include "render/doc/spd_reason.h"

#include "base/count.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Those of deploy/catalogue/metrics.yaml, and those that core gives by itself. */
static const struct {
	const char *code;
	const char *words;
} reasons[] = {
    {"NO_DATA", "no record tells it"},
    {"NO_ACTIVITY", "nothing happened that it counts"},
    {"NO_PLAN", "nobody told a plan"},
    {"NOTHING_SUBMITTED", "no quarter had been submitted"},
    {"NO_STANDARD", "no standard is set"},
    {"NO_REASON_GIVEN", "no reason given"},
    {"FEED_SILENT", "every feed that should tell it was silent"},
    {"CONTRADICTORY", "its counts contradict each other"},
    {"OTHER_PART_NOT_TOLD", "only one of its two parts was told"},
    {"ALL_LEFT_OUT", "everything was left out"},
    {"NOT_POOLED", "its parts are shown apart and not added up"},
    {"CLUSTERS_NOT_COUNTED", "not told apart here"},
    {"CLUSTERS_NOT_TOLD", "too many trials do not say whose they are"},
    {"FEW_CLUSTERS", "fewer than ten"},
    {"NO_VARIATION", "nothing to tell their differences by"},
    {"BEFORE_SETUP", "of a time before the entity was set up"},
    {"ABORTED_BELT_STOP", "aborted, belt stopped"},
    {"ABORTED_FAULT", "aborted, fault"},
    {"ABORTED_IMAGE_REJECTED", "aborted, image rejected"},
    {"ABORTED_LOGOFF", "aborted, screener logged off"},
    {"ABORTED_OPS", "aborted for operations"},
    {"ABORTED_REASON_NOT_GIVEN", "aborted, no reason given"},
    {"ABORTED_SAFETY", "aborted for safety"},
    {"ABORTED_TRAINING_MODE", "aborted, training mode"},
    {"ACCESS_CONTROL", "of access control"},
    {"ANONYMOUS", "anonymous"},
    {"ANOTHER_MONTH", "of another month"},
    {"COMPLIANT_IMPROVEMENT_DESIRABLE", "compliant, improvement desirable"},
    {"COMPROMISED", "compromised"},
    {"CONFIRMED_THREATS", "confirmed threats"},
    {"CONFIRMATIONS", "confirmations"},
    {"CONTRADICTORY_SESSIONS", "sessions that contradict themselves"},
    {"CORRECTIONS", "corrections"},
    {"COUNTED_BESIDE", "counted for a time at which another place counts, too"},
    {"COUNTED_BY_ROUNDS", "counts of patrols where rounds are told"},
    {"COUNTED_TWICE", "counted twice"},
    {"CRITICAL", "critical"},
    {"DEFINITION_CHANGED", "counted by another definition"},
    {"PART_CHANGED", "its target was for another part"},
    {"NO_VALUE_NOW", "no value now"},
    {"NO_VALUE_THEN", "no value then"},
    {"NOT_MATCHED", "not told by what is alike in both quarters"},
    {"TOO_LITTLE_ALIKE", "less than half of it is alike in both quarters"},
    {"SUPPRESSED", "suppressed: fewer than 5 persons, or such could be told by it"},
    {"OBSERVER_NOT_GIVEN", "observer not given"},
    {"SHIFT_NOT_GIVEN", "shift not given"},
    {"WEEKDAY_NOT_KNOWN", "day of the week not known"},
    {"HOUR_NOT_KNOWN", "told by day alone"},
    {"SET_APART", "of another mode or layer than the target is for"},
    {"DATED_AHEAD", "dated ahead of their receipt"},
    {"DEGRADED_SECONDS", "seconds degraded"},
    {"COMPETENCE_NOT_TOLD", "nobody told what their work takes"},
    {"DETECTION_NOT_GIVEN", "detection not given"},
    {"DUE_TIME_NOT_GIVEN", "due time not given"},
    {"EQUIPMENT_OUT_OF_SERVICE", "equipment out of service"},
    {"ESTIMATED", "estimated"},
    {"EVENTS_WITHOUT_BAGS", "events of sessions that do not tell their bags"},
    {"EVENTS_WITHOUT_SCREENER", "events without a screener"},
    {"EVENTS_WITHOUT_SESSIONS", "events that lie in no session"},
    {"EVENT_NUMBERS", "the numbers of a device's events"},
    {"EXCUSED", "excused"},
    {"FAIL", "failed"},
    {"FROM_EVENTS", "taken from events"},
    {"FROM_SESSIONS", "taken from sessions"},
    {"FULLY_COMPLIANT", "fully compliant"},
    {"HALF_YEAR_RUNS", "judged when the half-year ends"},
    {"HEARTBEATS", "what its heartbeats say was made"},
    {"IMAGES_WITH_NEITHER", "images with neither projection nor alarm"},
    {"INVALID", "invalid"},
    {"INVALID_REASON_NOT_GIVEN", "invalid, no reason given"},
    {"LATE", "late"},
    {"LISTED_AGAIN", "listed again by a later audit"},
    {"NOT_OF_TWO", "observations of a pair that is none"},
    {"MEANS_NOT_GIVEN", "means not given"},
    {"MET", "met"},
    {"MINOR", "minor"},
    {"MISSED", "missed"},
    {"MISS_DECIDED", "missed by decision"},
    {"MISS_TIMEOUT", "missed by timeout"},
    {"MODE_TIME_NOT_GIVEN", "time in the mode not given"},
    {"NEW_RECORDS", "new records"},
    {"NO_HEARTBEAT", "no heartbeat covers it"},
    {"NON_TIP_ALARMS", "alarms that were no TIP image"},
    {"NOT_ACKNOWLEDGED", "not acknowledged"},
    {"NOT_ANNOUNCED", "not announced"},
    {"NOT_APPLICABLE", "not applicable"},
    {"NOT_BY_PASSENGERS", "incidents counted by something else"},
    {"NOT_BY_STAFF", "reports by others than staff"},
    {"NOT_COMPLIANT", "not compliant"},
    {"NOT_COMPLIANT_SERIOUS", "not compliant, serious"},
    {"NOT_CONFIRMED", "not confirmed"},
    {"NOT_COVERT", "not covert"},
    {"NOT_DEPLOYED", "ran out with nobody telling that the person was still deployed"},
    {"NOT_DEPLOYED_AT_END", "deployed earlier in the quarter alone"},
    {"NOT_DONE", "not done"},
    {"NOT_MET", "not met"},
    {"NOT_OBSERVED", "not observed"},
    {"NOT_OWN_PROGRAMME", "not of the own programme"},
    {"NOT_OWN_TEST", "not an own test"},
    {"NOT_RATED_BY_BOTH", "criteria that one of the two did not rate"},
    {"NOT_TOLD_BY_EVENTS", "projections that sessions count and their events do not tell"},
    {"NOT_TRIED", "objectives that were not tried"},
    {"NOT_VERIFIED", "not verified"},
    {"NOT_YET_KNOWN", "breaches neither confirmed nor denied"},
    {"OBSERVATION_ONLY", "observation only"},
    {"ON_TIME", "on time"},
    {"OUT_SECONDS", "seconds out of service"},
    {"OVERDUE_A_MONTH", "1 to 30 days"},
    {"OVERDUE_A_QUARTER", "31 to 90 days"},
    {"OVERDUE_LONGER", "more than 90 days"},
    {"OWN_SECURITY", "own security"},
    {"PARTIAL", "partial"},
    {"PASS", "passed"},
    {"PATROLS_REQUIRED", "patrols required"},
    {"PLANNED_MONTH_NOT_GIVEN", "planned month not given"},
    {"PROVIDER_NOT_GIVEN", "provider not given"},
    {"QUARANTINED", "quarantined"},
    {"REGISTER", "that it is registered"},
    {"REJECTED", "rejected"},
    {"REPEATED", "repeats of a test"},
    {"RESTRICTED_AREA", "of security restricted areas"},
    {"SECONDS_OVERRULED", "seconds of a mode that a worse one overruled"},
    {"SECONDS_TOLD_TWICE", "seconds told twice"},
    {"SERIOUS", "serious"},
    {"SESSIONS", "the projections that sessions count"},
    {"SESSIONS_WITHOUT_ALARM_COUNT", "sessions that do not tell their bags and alarms"},
    {"SESSIONS_WITHOUT_ENABLED_TIME", "sessions without the time TIP was enabled"},
    {"SESSIONS_WITHOUT_END", "sessions without an end"},
    {"SESSIONS_WITHOUT_SCREENER", "sessions without a screener"},
    {"SHOWN_IN_SESSIONS_WITHOUT_EVENTS", "projections of sessions that no event lies in"},
    {"SITES", "sites"},
    {"SURPLUS", "beyond the plan"},
    {"TESTER_ERROR", "error of the tester"},
    {"IMAGE_NOT_GIVEN", "image not given"},
    {"TOO_FEW_EVENTS", "shown too few projections to be judged"},
    {"TOO_FEW_PROJECTIONS", "images shown too few times to be judged"},
    {"TIME_NOT_GIVEN", "time not given"},
    {"TIME_OF_DAY_NOT_TOLD", "time of day not told"},
    {"TOLD_AFTER_THE_DAY", "of those on time told after the day"},
    {"UNPLANNED", "of no plan"},
    {"SLOT_NOT_TOLD", "length of slots, or time of day, not told"},
    {"UNLAWFUL_INTERFERENCE", "of unlawful interference"},
    {"VOIDED", "voided"},
    {"VOIDS", "voids"},
};

const char *
spd_reason(const char *code)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (strcmp(reasons[i].code, code) == 0)
			return reasons[i].words;
	return NULL;
}

#define CODE_SIZE  64
#define CODE_LEAST 5 /* shorter ones are words that a sentence may have in capitals: MET, PASS */

void
spd_reason_prose(struct buf *out, const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";

	while (*text != '\0') {
		size_t other = strcspn(text, letters);
		size_t n = strspn(text + other, letters);
		const char *at = text + other;
		bool is_whole = (at == text || isalnum((unsigned char)at[-1]) == 0) &&
				isalnum((unsigned char)at[n]) == 0;
		char code[CODE_SIZE] = "";
		const char *words;

		if (is_whole && n >= CODE_LEAST && n < sizeof code)
			memcpy(code, at, n);
		words = spd_reason(code);
		buf_add(out, text, other + (words == NULL ? n : 0));
		if (words != NULL)
			buf_addf(out, "\"%s\"", words);
		text = at + n;
	}
}
