/* Pages for who is not signed in yet, or leaves. They need a script for passkeys alone. */
#ifndef SEMS_WEB_PERSON_PAGE_H
#define SEMS_WEB_PERSON_PAGE_H

struct asked;

/* ctx: struct desk *. */
void page_enter(void *ctx, struct asked *a);    /* GET /enter?key=..., the owner's link: a button */
void page_sign_in(void *ctx, struct asked *a);  /* POST /enter */
void page_sign_out(void *ctx, struct asked *a); /* POST /leave */
void page_invite(void *ctx, struct asked *a);   /* GET /invite, a person's link */
void page_script(void *ctx, struct asked *a);   /* GET /person.js */
void page_style(void *ctx, struct asked *a);    /* GET /style.css */

#endif
