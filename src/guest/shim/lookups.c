/*
 * Names and addresses of hosts: lookups that a stop can end.
 *
 * The resolver of the C library waits inside of itself, for as long as /etc/resolv.conf says, and goes on after a signal. So a
 * lookup that may go to the network is made by a thread of its own, and the job's thread waits for that one. A wait that is refused
 * (waits.c) leaves the lookup alone; it ends by itself, and frees what nobody takes. The engine counts it as one of the guest's
 * threads until then: a process that ends does not tear the resolver down under it.
 */
#include "shim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <resolv.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>

/* Name services are modules that others wrote. */
#define FZ_LOOKUP_STACK ((size_t) 1 << 20)

typedef struct fz_lookup {
	void (*make)(struct fz_lookup *lookup); /* on its thread */
	void (*free)(struct fz_lookup *lookup); /* whoever is last */
	int holders;
	sem_t done;
} fz_lookup;

static void fz_lookup_release(fz_lookup *lookup)
{
	if (__atomic_sub_fetch(&lookup->holders, 1, __ATOMIC_ACQ_REL) == 0) {
		sem_destroy(&lookup->done);
		lookup->free(lookup);
	}
}

static void *fz_lookup_thread(void *argument)
{
	fz_lookup *lookup = argument;

	lookup->make(lookup);
	sem_post(&lookup->done);
	fz_lookup_release(lookup);
	fz_host->thread_ended();
	return NULL;
}

static bool fz_lookup_start(fz_lookup *lookup)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	pthread_t thread;
	bool started;

	if (pthread_attr_init(&attributes) != 0) {
		return false;
	}
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, FZ_LOOKUP_STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	fz_host->thread_begins();
	started = pthread_create(&thread, &attributes, fz_lookup_thread, lookup) == 0;
	if (!started) {
		fz_host->thread_ended();
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return started;
}

/*
 * Makes the lookup: true when it has been made. False: the wait was refused. Either way the caller releases its hold. Where no
 * thread can be created, and on threads that no job runs on, the caller makes it itself.
 */
static bool fz_lookup_wait(fz_lookup *lookup)
{
	lookup->holders = 2;
	sem_init(&lookup->done, 0, 0);
	if (!fz_now.owner || !fz_lookup_start(lookup)) {
		lookup->holders = 1;
		lookup->make(lookup);
		return true;
	}
	while (!fz_wait_is_refused()) {
		if (sem_wait(&lookup->done) == 0) {
			return true;
		}
	}
	return sem_trywait(&lookup->done) == 0;
}

static char *fz_copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

/* --- getaddrinfo() --- */

typedef struct {
	fz_lookup lookup;
	char *node, *service;
	struct addrinfo hints, *list;
	int code, error;
} fz_addresses;

static void fz_addresses_make(fz_lookup *lookup)
{
	fz_addresses *asked = (fz_addresses *) lookup;

	asked->code = getaddrinfo(asked->node, asked->service, &asked->hints, &asked->list);
	asked->error = errno;
}

static void fz_addresses_free(fz_lookup *lookup)
{
	fz_addresses *asked = (fz_addresses *) lookup;

	if (asked->code == 0 && asked->list) {
		freeaddrinfo(asked->list);
	}
	free(asked->node);
	free(asked->service);
	free(asked);
}

static int fz_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list)
{
	/* glibc: what no hints mean */
	const struct addrinfo none = { .ai_flags = AI_V4MAPPED | AI_ADDRCONFIG };
	struct addrinfo numeric = hints ? *hints : none;
	fz_addresses *asked;
	int code;

	/* An address is its own answer. */
	numeric.ai_flags |= AI_NUMERICHOST;
	code = getaddrinfo(node, service, &numeric, list);
	if (code != EAI_NONAME || !node || (hints && hints->ai_flags & AI_NUMERICHOST)) {
		return code;
	}
	asked = calloc(1, sizeof *asked);
	if (!asked) {
		return EAI_MEMORY;
	}
	asked->lookup = (fz_lookup) { .make = fz_addresses_make, .free = fz_addresses_free };
	asked->hints = numeric;
	asked->hints.ai_flags = hints ? hints->ai_flags : none.ai_flags;
	asked->node = fz_copy(node);
	asked->service = fz_copy(service);
	asked->code = EAI_MEMORY;
	if (!asked->node || (service && !asked->service)) {
		fz_addresses_free(&asked->lookup);
		return EAI_MEMORY;
	}
	if (fz_lookup_wait(&asked->lookup)) {
		code = asked->code;
		if (code == 0) {
			*list = asked->list;
			asked->list = NULL;
		}
		errno = asked->error;
	} else {
		code = EAI_AGAIN;
	}
	fz_lookup_release(&asked->lookup);
	return code;
}

/* --- getnameinfo() --- */

typedef struct {
	fz_lookup lookup;
	struct sockaddr_storage address;
	socklen_t len;
	char host[NI_MAXHOST], service[NI_MAXSERV];
	int flags, code;
} fz_name;

static void fz_name_make(fz_lookup *lookup)
{
	fz_name *asked = (fz_name *) lookup;

	asked->code = getnameinfo((struct sockaddr *) &asked->address, asked->len, asked->host, sizeof asked->host, asked->service,
		sizeof asked->service, asked->flags);
}

static void fz_name_free(fz_lookup *lookup)
{
	free(lookup);
}

/* False: there is no room for it. */
static bool fz_hand_over(char *to, socklen_t room, const char *text)
{
	size_t len = strlen(text) + 1;

	if (to && room) {
		if (len > room) {
			return false;
		}
		memcpy(to, text, len);
	}
	return true;
}

static int fz_getnameinfo(const struct sockaddr *address, socklen_t len, char *host, socklen_t host_len, char *service,
	socklen_t service_len, int flags)
{
	fz_name *asked;
	int code = EAI_AGAIN;

	if (flags & NI_NUMERICHOST || !host || !host_len || len > sizeof asked->address) {
		return getnameinfo(address, len, host, host_len, service, service_len, flags);
	}
	asked = calloc(1, sizeof *asked);
	if (!asked) {
		return EAI_MEMORY;
	}
	asked->lookup = (fz_lookup) { .make = fz_name_make, .free = fz_name_free };
	memcpy(&asked->address, address, len);
	asked->len = len;
	asked->flags = flags;
	if (fz_lookup_wait(&asked->lookup)) {
		code = asked->code;
		if (code == 0 && !(fz_hand_over(host, host_len, asked->host) && fz_hand_over(service, service_len, asked->service))) {
			code = EAI_OVERFLOW;
		}
	}
	fz_lookup_release(&asked->lookup);
	return code;
}

/* --- gethostbyname_r() --- */

typedef struct {
	fz_lookup lookup;
	char *name, *memory, *buf;
	size_t len;
	struct hostent entry, *found;
	int code, error;
} fz_host_entry;

static void fz_host_make(fz_lookup *lookup)
{
	fz_host_entry *asked = (fz_host_entry *) lookup;

	asked->code = gethostbyname_r(asked->name, &asked->entry, asked->buf, asked->len, &asked->found, &asked->error);
}

static void fz_host_free(fz_lookup *lookup)
{
	fz_host_entry *asked = (fz_host_entry *) lookup;

	free(asked->name);
	free(asked->memory);
	free(asked);
}

/* The entry's strings lie in `from`, and move with it: they keep their places in the buffer. */
static char **fz_host_list(char **list, const char *from, char *to)
{
	char **moved;

	if (!list) {
		return NULL;
	}
	moved = (char **) (to + ((const char *) list - from));
	for (size_t i = 0; list[i]; i++) {
		moved[i] = to + (list[i] - from);
	}
	return moved;
}

static int fz_gethostbyname_r(const char *name, struct hostent *entry, char *buf, size_t len, struct hostent **found, int *error)
{
	struct in6_addr address;
	fz_host_entry *asked;
	int code = EAGAIN;

	if (inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1) {
		return gethostbyname_r(name, entry, buf, len, found, error);
	}
	*found = NULL;
	*error = TRY_AGAIN;
	asked = calloc(1, sizeof *asked);
	if (!asked) {
		return ENOMEM;
	}
	asked->lookup = (fz_lookup) { .make = fz_host_make, .free = fz_host_free };
	asked->name = strdup(name);
	asked->memory = malloc(len + _Alignof(max_align_t));
	asked->len = len;
	if (!asked->name || !asked->memory) {
		fz_host_free(&asked->lookup);
		return ENOMEM;
	}
	/* As far from an aligned address as the caller's, so that everything can have the same place in both. */
	asked->buf = asked->memory + (uintptr_t) buf % _Alignof(max_align_t);
	if (fz_lookup_wait(&asked->lookup)) {
		code = asked->code;
		*error = asked->error;
		if (code == 0 && asked->found) {
			memcpy(buf, asked->buf, len);
			*entry = asked->entry;
			entry->h_name = buf + (asked->entry.h_name - asked->buf);
			entry->h_aliases = fz_host_list(asked->entry.h_aliases, asked->buf, buf);
			entry->h_addr_list = fz_host_list(asked->entry.h_addr_list, asked->buf, buf);
			*found = entry;
		}
	}
	fz_lookup_release(&asked->lookup);
	return code;
}

/* --- res_nsearch(): dns_get_record(), checkdnsrr(), getmxrr() --- */

typedef struct {
	fz_lookup lookup;
	char *name;
	int class, type, room, len, error, resolver_error;
	u_char answer[];
} fz_records;

static void fz_records_make(fz_lookup *lookup)
{
	fz_records *asked = (fz_records *) lookup;
	struct __res_state *state = calloc(1, sizeof *state);

	asked->len = -1;
	asked->error = NETDB_INTERNAL;
	if (state && res_ninit(state) == 0) {
		h_errno = NETDB_INTERNAL;
		asked->len = res_nsearch(state, asked->name, asked->class, asked->type, asked->answer, asked->room);
		asked->error = h_errno;
		asked->resolver_error = state->res_h_errno;
		res_nclose(state);
	}
	free(state);
}

static void fz_records_free(fz_lookup *lookup)
{
	fz_records *asked = (fz_records *) lookup;

	free(asked->name);
	free(asked);
}

static int fz_res_nsearch(res_state state, const char *name, int class, int type, u_char *answer, int room)
{
	fz_records *asked = calloc(1, sizeof *asked + (size_t) room);
	int len = -1;

	h_errno = TRY_AGAIN;
	if (!asked) {
		return -1;
	}
	asked->lookup = (fz_lookup) { .make = fz_records_make, .free = fz_records_free };
	asked->name = strdup(name);
	asked->class = class;
	asked->type = type;
	asked->room = room;
	if (!asked->name) {
		fz_records_free(&asked->lookup);
		return -1;
	}
	if (fz_lookup_wait(&asked->lookup)) {
		len = asked->len;
		if (len > 0) {
			memcpy(answer, asked->answer, (size_t) MIN(len, room));
		}
		h_errno = asked->error;
		state->res_h_errno = asked->resolver_error;
	}
	fz_lookup_release(&asked->lookup);
	return len;
}

const fz_import fz_lookup_imports[] = {
	{ "getaddrinfo", (void *) fz_getaddrinfo },
	{ "getnameinfo", (void *) fz_getnameinfo },
	{ "gethostbyname_r", (void *) fz_gethostbyname_r },
	{ "res_nsearch", (void *) fz_res_nsearch },
	{ "__res_nsearch", (void *) fz_res_nsearch },
	{ NULL, NULL },
};
