/* What a page's script asks with a passkey: to register one, and to sign in by one. */
#ifndef SEMS_WEB_PERSON_PASSKEY_H
#define SEMS_WEB_PERSON_PASSKEY_H

struct asked;

/* ctx: struct desk *. Each takes and answers JSON. */
void passkey_invited(void *ctx, struct asked *a);  /* POST /passkey/invited {link} */
void passkey_register(void *ctx, struct asked *a); /* POST /passkey/register */
void passkey_begin(void *ctx, struct asked *a);    /* POST /passkey/begin {} */
void passkey_sign_in(void *ctx, struct asked *a);  /* POST /passkey/sign-in */

void passkey_confirm(void *ctx, struct asked *a); /* POST /passkey/confirm {link: what for} */

#endif
