/* FfiZts\Channel. What it does is the engine's; this is the object, its values, and its iterator. */
#include "shared.h"

typedef struct {
	void *handle;
	zend_object std;
} fz_channel;

static zend_class_entry *fz_ce_channel;
static zend_object_handlers fz_channel_handlers;

static zend_always_inline fz_channel *fz_channel_of(zend_object *object)
{
	return (fz_channel *) ((char *) object - offsetof(fz_channel, std));
}

static zend_object *fz_channel_create(zend_class_entry *ce)
{
	fz_channel *channel = zend_object_alloc(sizeof *channel, ce);

	channel->handle = NULL;
	zend_object_std_init(&channel->std, ce);
	channel->std.handlers = &fz_channel_handlers;
	return &channel->std;
}

static void fz_channel_free(zend_object *object)
{
	fz_channel *channel = fz_channel_of(object);

	if (channel->handle) {
		fz_engine->release(FZ_REF_CHANNEL, channel->handle);
		channel->handle = NULL;
	}
	zend_object_std_dtor(object);
}

/* Two objects of one channel are equal. */
static int fz_channel_compare(zval *one, zval *two)
{
	ZEND_COMPARE_OBJECTS_FALLBACK(one, two);
	return fz_channel_of(Z_OBJ_P(one))->handle == fz_channel_of(Z_OBJ_P(two))->handle ? 0 : ZEND_UNCOMPARABLE;
}

static void *fz_channel_handle(zend_object *object)
{
	return fz_channel_of(object)->handle;
}

static bool fz_channel_adopt(zend_class_entry *ce, void *handle, zval *out)
{
	if (object_init_ex(out, ce) != SUCCESS) {
		fz_engine->release(FZ_REF_CHANNEL, handle);
		return false;
	}
	fz_channel_of(Z_OBJ_P(out))->handle = handle;
	return true;
}

/* --- values --- */

/* False: an exception is pending. May run PHP code, and bail out. */
static zend_always_inline bool fz_parcel_fill(fz_parcel *parcel, zval *value)
{
	if (EXPECTED(fz_scalar_fill(parcel, value))) {
		return true;
	}
	parcel->kind = FZ_PARCEL_MESSAGE;
	parcel->as.message = fz_pack("message", value);
	return parcel->as.message != NULL;
}

static void fz_parcel_drop(fz_parcel *parcel)
{
	if (parcel->kind == FZ_PARCEL_MESSAGE) {
		fz_engine->message_free(parcel->as.message);
	}
	parcel->kind = FZ_PARCEL_NULL;
}

/* The value of a parcel, which is used up; false: an exception is pending. */
static zend_always_inline bool fz_parcel_open(const fz_parcel *parcel, zval *value)
{
	if (parcel->kind == FZ_PARCEL_MESSAGE) {
		return fz_unpack(parcel->as.message, value);
	}
	fz_scalar_open(parcel, value);
	return true;
}

static void fz_throw_closed(const fz_channel *channel)
{
	size_t len;
	const char *name = fz_engine->channel.name(channel->handle, &len);

	if (fz_engine->channel.is_closed(channel->handle) == FZ_CHANNEL_FORSAKEN) {
		fz_throw(FZ_CLOSED, "the channel is closed: nobody else was left who could have used it");
	} else if (name) {
		fz_throw(FZ_CLOSED, "the channel \"%.*s\" is closed", (int) len, name);
	} else {
		fz_throw(FZ_CLOSED, "the channel is closed");
	}
}

/* As fz_wait_again(), and a bailout drops the parcel first. */
static zend_never_inline bool fz_send_again(fz_parcel *parcel, int outcome)
{
	volatile bool again = false;

	zend_try {
		again = fz_wait_again(outcome);
	} zend_catch {
		fz_parcel_drop(parcel);
		zend_bailout();
	} zend_end_try();
	return again;
}

/* FZ_WAIT_*, with nothing left in the parcel. */
static zend_always_inline int fz_send(const fz_channel *channel, fz_parcel *parcel, fz_wait *wait)
{
	int outcome;

	do {
		outcome = fz_engine->channel.send(channel->handle, parcel, wait);
		if (EXPECTED(outcome == FZ_DONE)) {
			return FZ_DONE; /* the parcel is empty */
		}
		/* Sent, and then interrupted: nothing is to be sent again. */
	} while (fz_send_again(parcel, outcome) && outcome == FZ_LEAVE);
	fz_parcel_drop(parcel);
	return outcome;
}

/* FZ_DONE with a value, or another outcome. */
static zend_always_inline int fz_receive(const fz_channel *channel, zval *value, fz_wait *wait)
{
	fz_parcel parcel;
	int outcome;

	do {
		outcome = fz_engine->channel.receive(channel->handle, &parcel, wait);
	} while (fz_wait_again(outcome));
	if (EXPECTED(outcome == FZ_DONE)) {
		if (UNEXPECTED(EG(exception))) {
			/* A signal handler has thrown meanwhile: nobody would get the value. */
			fz_engine->channel.put_back(channel->handle, &parcel);
			return FZ_LEAVE;
		}
		if (!fz_parcel_open(&parcel, value)) {
			return FZ_LEAVE;
		}
	}
	return outcome;
}

/* --- methods --- */

static bool fz_capacity_check(zend_long capacity)
{
	if (capacity < -1) {
		fz_throw(FZ_MISUSE, "capacity: must be 0 or more, or Channel::UNBOUNDED, " ZEND_LONG_FMT " given", capacity);
		return false;
	}
	return true;
}

/* A method's channel, or NULL: thrown. */
static zend_always_inline fz_channel *fz_this_channel(zval *object)
{
	fz_channel *channel = fz_channel_of(Z_OBJ_P(object));

	return fz_usable(channel->handle) ? channel : NULL;
}

#define FZ_THIS_CHANNEL(channel) \
	fz_channel *channel = fz_this_channel(ZEND_THIS); \
	if (UNEXPECTED(!channel)) { \
		RETURN_THROWS(); \
	}

static ZEND_METHOD(FfiZts_Channel, __construct)
{
	zend_long capacity = 0;
	fz_channel *channel = fz_channel_of(Z_OBJ_P(ZEND_THIS));

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(capacity)
	ZEND_PARSE_PARAMETERS_END();
	if (channel->handle) {
		fz_throw(FZ_MISUSE, "a channel is constructed once");
	} else if (fz_capacity_check(capacity)) {
		channel->handle = fz_handle_made(fz_engine->channel.create(capacity));
	}
}

static ZEND_METHOD(FfiZts_Channel, make)
{
	zend_string *name;
	zend_long capacity = 0;
	void *handle;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(name)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(capacity)
	ZEND_PARSE_PARAMETERS_END();
	if (!fz_capacity_check(capacity) || !fz_usable(fz_engine)) {
		RETURN_THROWS();
	}
	handle = fz_engine->channel.make(ZSTR_VAL(name), ZSTR_LEN(name), capacity);
	if (!handle) {
		if (fz_engine_failed()) {
			RETURN_THROWS();
		}
		fz_throw(FZ_MISUSE, "there is a channel \"%s\" already", ZSTR_VAL(name));
		RETURN_THROWS();
	}
	fz_channel_adopt(fz_ce_channel, handle, return_value);
}

static ZEND_METHOD(FfiZts_Channel, open)
{
	zend_string *name;
	void *handle;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(name)
	ZEND_PARSE_PARAMETERS_END();
	if (!fz_usable(fz_engine)) {
		RETURN_THROWS();
	}
	handle = fz_engine->channel.open(ZSTR_VAL(name), ZSTR_LEN(name));
	if (!handle) {
		if (fz_engine_failed()) {
			RETURN_THROWS();
		}
		fz_throw(FZ_MISUSE, "there is no channel \"%s\": it has not been made, or nobody has held it since", ZSTR_VAL(name));
		RETURN_THROWS();
	}
	fz_channel_adopt(fz_ce_channel, handle, return_value);
}

static ZEND_METHOD(FfiZts_Channel, send)
{
	zval *value;
	double timeout = 0;
	bool no_limit = true;
	fz_parcel parcel;
	fz_wait wait;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_ZVAL(value)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, no_limit)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_CHANNEL(channel);
	if (!fz_wait_for(&wait, timeout, no_limit) || !fz_parcel_fill(&parcel, value)) {
		RETURN_THROWS();
	}
	switch (fz_send(channel, &parcel, &wait)) {
		case FZ_DONE:
			break;
		case FZ_SHUT:
			fz_throw_closed(channel);
			break;
		case FZ_TIMED_OUT:
			fz_throw(FZ_TIMEOUT, "send(): not received within %g s", timeout);
			break;
		default:
			fz_wait_failed();
	}
}

static ZEND_METHOD(FfiZts_Channel, recv)
{
	double timeout = 0;
	bool no_limit = true;
	fz_wait wait;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, no_limit)
	ZEND_PARSE_PARAMETERS_END();
	FZ_THIS_CHANNEL(channel);
	if (!fz_wait_for(&wait, timeout, no_limit)) {
		RETURN_THROWS();
	}
	switch (fz_receive(channel, return_value, &wait)) {
		case FZ_DONE:
			break;
		case FZ_SHUT:
			fz_throw_closed(channel);
			break;
		case FZ_TIMED_OUT:
			fz_throw(FZ_TIMEOUT, "recv(): nothing was sent within %g s", timeout);
			break;
		default:
			fz_wait_failed();
	}
}

static ZEND_METHOD(FfiZts_Channel, close)
{
	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_CHANNEL(channel);
	fz_engine->channel.close(channel->handle);
}

static ZEND_METHOD(FfiZts_Channel, isClosed)
{
	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_CHANNEL(channel);
	RETURN_BOOL(fz_engine->channel.is_closed(channel->handle) != FZ_CHANNEL_OPEN);
}

static ZEND_METHOD(FfiZts_Channel, count)
{
	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_CHANNEL(channel);
	RETURN_LONG((zend_long) fz_engine->channel.count(channel->handle));
}

static ZEND_METHOD(FfiZts_Channel, getCapacity)
{
	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_CHANNEL(channel);
	RETURN_LONG(fz_engine->channel.capacity(channel->handle));
}

static ZEND_METHOD(FfiZts_Channel, getName)
{
	size_t len;
	const char *name;

	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_CHANNEL(channel);
	name = fz_engine->channel.name(channel->handle, &len);
	if (name) {
		RETURN_STRINGL(name, len);
	}
}

static void fz_channel_stream(INTERNAL_FUNCTION_PARAMETERS, bool to_send)
{
	php_stream *stream;
	int fd;

	ZEND_PARSE_PARAMETERS_NONE();
	FZ_THIS_CHANNEL(channel);
	fd = fz_engine->channel.descriptor(channel->handle, to_send);
	if (fd < 0) {
		if (fz_engine_failed()) {
			RETURN_THROWS();
		}
		fz_throw(FZ_MISUSE, "a stream for the channel: %s", strerror(-fd));
		RETURN_THROWS();
	}
	stream = php_stream_fopen_from_fd(fd, "r", NULL);
	if (!stream) {
		close(fd);
		fz_throw(FZ_MISUSE, "a stream for the channel could not be made");
		RETURN_THROWS();
	}
	stream->flags |= PHP_STREAM_FLAG_NO_SEEK | PHP_STREAM_FLAG_NO_BUFFER;
	php_stream_to_zval(stream, return_value);
}

static ZEND_METHOD(FfiZts_Channel, getStream)
{
	fz_channel_stream(INTERNAL_FUNCTION_PARAM_PASSTHRU, false);
}

static ZEND_METHOD(FfiZts_Channel, getSendStream)
{
	fz_channel_stream(INTERNAL_FUNCTION_PARAM_PASSTHRU, true);
}

static ZEND_METHOD(FfiZts_Channel, getIterator)
{
	ZEND_PARSE_PARAMETERS_NONE();
	zend_create_internal_iterator_zval(return_value, ZEND_THIS);
}

/* --- foreach --- */

/* Receives only when it is asked for the value, so that a loop that is left has not taken one that it does not use. */
static bool fz_channel_element(zval *object, zend_long index, zval *value)
{
	fz_channel *channel = fz_this_channel(object);
	fz_wait wait;
	int outcome;

	(void) index;
	if (!channel || !fz_wait_for(&wait, 0, true)) {
		return false;
	}
	outcome = fz_receive(channel, value, &wait);
	if (EXPECTED(outcome == FZ_DONE)) {
		return true;
	}
	if (outcome != FZ_SHUT) {
		fz_wait_failed();
	} else if (fz_engine->channel.is_closed(channel->handle) == FZ_CHANNEL_FORSAKEN) {
		/* Whoever was to send has gone without a close(): what came is not all. */
		fz_throw_closed(channel);
	}
	return false;
}

static zend_object_iterator *fz_channel_iterate(zend_class_entry *ce, zval *object, int by_ref)
{
	(void) ce;
	return fz_iterate(object, by_ref, fz_channel_element, false);
}

/* --- the class --- */

ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, capacity, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_make, 0, 1, FfiZts\\Channel, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, capacity, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_open, 0, 1, FfiZts\\Channel, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_send, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_recv, 0, 0, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_close, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_is_closed, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_count, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_get_name, 0, 0, IS_STRING, 1)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_INFO_EX(fz_arginfo_get_stream, 0, 0, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(fz_arginfo_get_iterator, 0, 0, Iterator, 0)
ZEND_END_ARG_INFO()

static const zend_function_entry fz_channel_methods[] = {
	ZEND_ME(FfiZts_Channel, __construct, fz_arginfo_construct, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, make, fz_arginfo_make, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
	ZEND_ME(FfiZts_Channel, open, fz_arginfo_open, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
	ZEND_ME(FfiZts_Channel, send, fz_arginfo_send, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, recv, fz_arginfo_recv, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, close, fz_arginfo_close, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, isClosed, fz_arginfo_is_closed, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, count, fz_arginfo_count, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, getCapacity, fz_arginfo_count, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, getName, fz_arginfo_get_name, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, getStream, fz_arginfo_get_stream, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, getSendStream, fz_arginfo_get_stream, ZEND_ACC_PUBLIC)
	ZEND_ME(FfiZts_Channel, getIterator, fz_arginfo_get_iterator, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

void fz_channel_declare(void)
{
	fz_ce_channel = fz_declare("FfiZts\\Channel", fz_channel_methods, NULL);
	fz_ce_channel->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
	fz_ce_channel->create_object = fz_channel_create;
	fz_ce_channel->get_iterator = fz_channel_iterate;
	zend_class_implements(fz_ce_channel, 2, zend_ce_aggregate, zend_ce_countable);
	zend_declare_class_constant_long(fz_ce_channel, ZEND_STRL("UNBOUNDED"), -1);
	fz_channel_handlers = std_object_handlers;
	fz_channel_handlers.offset = offsetof(fz_channel, std);
	fz_channel_handlers.free_obj = fz_channel_free;
	fz_channel_handlers.clone_obj = NULL;
	fz_channel_handlers.compare = fz_channel_compare;
	fz_shared_class(fz_ce_channel, FZ_REF_CHANNEL, fz_channel_handle, fz_channel_adopt);
}
