/*
 * openlog(), syslog() and closelog() of a job are its thread's own.
 *
 * The C library has one identity for the process, and keeps the pointer that openlog() was given. php-src frees that string and
 * calls closelog() at the end of every request (ext/standard/syslog.c): the host's identity was gone with the first job, and another
 * thread's message read freed memory. So libphp's calls come here (imports.c). A thread that has said who it is writes its messages
 * itself, as the C library does (glibc misc/syslog.c, RFC 3164); one that has not writes as the host.
 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

static __thread struct {
	bool open;
	const char *name; /* of the caller, as with the C library: it lives until closelog() */
	int options, facility;
} fz_log;

static void fz_openlog(const char *name, int options, int facility)
{
	fz_log.open = true;
	fz_log.name = name;
	fz_log.options = options;
	fz_log.facility = facility ? facility & LOG_FACMASK : LOG_USER;
}

static void fz_closelog(void)
{
	fz_log.open = false;
	fz_log.name = NULL;
}

static int fz_log_connect(int type)
{
	static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	int descriptor = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (descriptor >= 0 && connect(descriptor, (const struct sockaddr *) &address, sizeof address) != 0) {
		int saved = errno;
		close(descriptor);
		errno = saved;
		return -1;
	}
	return descriptor;
}

/* One message with its closing NUL, which ends it on a stream. */
static bool fz_log_send(const char *line, size_t len)
{
	int descriptor = fz_log_connect(SOCK_DGRAM);
	bool stream = descriptor < 0 && errno == EPROTOTYPE, sent;

	if (stream) {
		descriptor = fz_log_connect(SOCK_STREAM);
	}
	if (descriptor < 0) {
		return false;
	}
	sent = send(descriptor, line, stream ? len + 1 : len, MSG_NOSIGNAL) >= 0;
	close(descriptor);
	return sent;
}

/* With a line end, in one piece. */
static void fz_log_show(int descriptor, const char *text, size_t len)
{
	struct iovec parts[2] = { { (void *) text, len }, { (void *) "\n", 1 } };
	ssize_t written = writev(descriptor, parts, len && text[len - 1] == '\n' ? 1 : 2);

	(void) written; /* nobody is left to be told */
}

static void fz_log_write(int priority, const char *message, size_t message_len)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const char *name = fz_log.name ? fz_log.name : program_invocation_short_name;
	size_t room = message_len + strlen(name) + 96;
	char *line = malloc(room);
	time_t now = time(NULL);
	struct tm when;
	int head, len;

	if (!line) {
		return;
	}
	localtime_r(&now, &when);
	head = snprintf(line, room, "<%d>%s %2d %02d:%02d:%02d ", priority, months[when.tm_mon], when.tm_mday, when.tm_hour, when.tm_min,
		when.tm_sec);
	len = head + (fz_log.options & LOG_PID ? snprintf(line + head, room - head, "%s[%d]: ", name, (int) getpid())
		: snprintf(line + head, room - head, "%s: ", name));
	memcpy(line + len, message, message_len + 1);
	len += (int) message_len;
	if (fz_log.options & LOG_PERROR) {
		fz_log_show(STDERR_FILENO, line + head, (size_t) (len - head));
	}
	if (!fz_log_send(line, (size_t) len) && fz_log.options & LOG_CONS) {
		int console = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);

		if (console >= 0) {
			fz_log_show(console, line + head, (size_t) (len - head));
			close(console);
		}
	}
	free(line);
}

static void fz_vsyslog(int priority, const char *format, va_list arguments)
{
	char *message;
	int len;

	if (!fz_log.open) {
		vsyslog(priority, format, arguments);
		return;
	}
	if (!(priority & LOG_FACMASK)) {
		priority |= fz_log.facility;
	}
	len = vasprintf(&message, format, arguments);
	if (len >= 0) {
		fz_log_write(priority, message, (size_t) len);
		free(message);
	}
}

static void fz_syslog(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fz_vsyslog(priority, format, arguments);
	va_end(arguments);
}

const fz_import fz_syslog_imports[] = {
	{ "openlog", (void *) fz_openlog },
	{ "closelog", (void *) fz_closelog },
	{ "syslog", (void *) fz_syslog },
	{ "vsyslog", (void *) fz_vsyslog },
	{ NULL, NULL },
};
