/*
 * What a job hands to the host: its value, its uncaught throwable, its fatal error. On the thread of the job's request,
 * between its PHP code and its end.
 */
#include "shim.h"

static void fz_send(void *job, int kind, fz_message *message)
{
	fz_host->report_message(job, kind, message);
}

/* What is pending is why the value cannot be handed over. */
static void fz_report_refusal(void *job)
{
	zend_object *exception = EG(exception);
	zval *message;

	if (zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception)) {
		zend_clear_exception(); /* a hook called exit(): that has no message */
		return;
	}
	message = fz_base_property(exception, "message");
	GC_ADDREF(exception);
	zend_clear_exception();
	if (Z_TYPE_P(message) == IS_STRING) {
		fz_host->report(job, FZ_REPORT_REFUSED, Z_STRVAL_P(message), Z_STRLEN_P(message));
	}
	OBJ_RELEASE(exception);
}

void fz_report_value(void *job, zval *value)
{
	fz_ground ground;
	fz_message *message;

	fz_stand(&ground);
	message = fz_pack("value", value);
	fz_unstand(&ground);

	if (message) {
		fz_send(job, FZ_REPORT_VALUE, message);
	} else if (EG(exception)->ce == fz_ce_exceptions[FZ_TRANSFER]) {
		fz_report_refusal(job);
	} else {
		fz_uncaught(); /* of a __serialize() */
	}
}

void fz_report_throwable(void *job, zend_object *throwable)
{
	zval value;
	fz_ground ground;
	fz_message *message;

	fz_stand(&ground);
	ZVAL_OBJ(&value, throwable);
	message = fz_pack("throwable", &value);
	fz_unstand(&ground);
	if (message) {
		fz_send(job, FZ_REPORT_THROWABLE, message);
	} else {
		fz_report_refusal(job);
	}
}

/* Type, line, length of the message, message, file: there may be no memory for anything of Zend's. */
void fz_report_fatal(void *job, int type, const char *text, size_t text_len, const char *file, size_t file_len, uint32_t line)
{
	int32_t kind = type;
	uint64_t len = text_len;
	const struct {
		const void *bytes;
		size_t len;
	} parts[] = { { &kind, sizeof kind }, { &line, sizeof line }, { &len, sizeof len }, { text, text_len }, { file, file_len } };
	fz_message *message = fz_engine->message_new();

	if (fz_engine->message_grow(message, sizeof kind + sizeof line + sizeof len + text_len + file_len) != 0) {
		fz_refusal refusal;

		fz_engine->message_free(message);
		if (fz_engine->failure(&refusal)) {
			fz_host->report(job, FZ_REPORT_REFUSED, refusal.text, strlen(refusal.text));
			return;
		}
		fz_host->report(job, FZ_REPORT_REFUSED, ZEND_STRL("out of memory while a fatal error was reported"));
		return;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		memcpy(message->ptr + message->len, parts[i].bytes, parts[i].len);
		message->len += parts[i].len;
	}
	fz_send(job, FZ_REPORT_FATAL, message);
}
