/*
 * How values travel: the bytes of a message. One half writes them from its heap, the other builds its own values from them.
 * Both are built from one source and live in one process, so there is no version and no byte order in it; numbers are native
 * and unaligned. The reader checks every length and number all the same.
 *
 * A message is one value, or two for a task: what to call (a value, or FZ_TAG_METHOD), and its arguments. `bridge/wire.rs` reads the same format.
 *
 * What may be met again gets a number when it is first written, counted from 0 for strings, arrays, objects, references,
 * shapes and resources each: shared strings and arrays when their tag says so, objects and references of every tag that makes one,
 * before anything inside of them, resources of every stream. An object may be named as soon as its number is given, an array or a
 * reference when it is complete, or inside of an object that is inside of it: PHP has arrays there that are not recursive. A *string*
 * below is one of the six string forms.
 */
#ifndef FFI_ZTS_ZEND_WIRE_H
#define FFI_ZTS_ZEND_WIRE_H

enum {
	FZ_TAG_NULL = 'N',
	FZ_TAG_FALSE = 'F',
	FZ_TAG_TRUE = 'T',
	FZ_TAG_INT8 = 'i',          /* 1 byte, signed */
	FZ_TAG_INT = 'I',           /* 8 bytes */
	FZ_TAG_FLOAT = 'D',         /* 8 bytes */

	FZ_TAG_EMPTY = 'e',         /* the string "" */
	FZ_TAG_CHAR = 'c',          /* a string of this byte */
	FZ_TAG_STRING = 's',        /* u64 length, bytes */
	FZ_TAG_STRING_NEW = 'S',    /* u64 hash or 0, u64 length, bytes: gets the next string number */
	FZ_TAG_STRING_8 = 'r',      /* u8 number */
	FZ_TAG_STRING_32 = 'R',     /* u32 number */

	FZ_TAG_NO_ELEMENTS = 'a',   /* the array [] */
	FZ_TAG_PACKED = 'P',        /* head, then a value or a hole for each slot */
	FZ_TAG_INTS = 'J',          /* head, then 8 bytes for each slot */
	FZ_TAG_FLOATS = 'G',        /* head, then 8 bytes for each slot */
	FZ_TAG_HASH = 'H',          /* head, then a key (an int or a string) and a value for each element */
	FZ_TAG_ARRAY = 'X',         /* u32 number */
	FZ_TAG_REFERENCE = 'Q',     /* as an element or property: a reference of PHP's, then its value; gets the next reference number */
	FZ_TAG_ALONE = 'q',         /* the same where nothing else in the message is of that reference: a value over there */
	FZ_TAG_REFERRED = 'y',      /* u32 number of a reference */
	/* The head of an array: u8 flags, u32 slots or elements, and, if FZ_ARRAY_NEXT, i64 next free index. */
	FZ_TAG_HOLE = 'U',          /* in a packed array: nothing; as a property: not initialised */
	FZ_TAG_UNSET = 'u',         /* as a property: unset by hand, so that __get() is asked */

	FZ_TAG_OBJECT = 'o',        /* u32 number */
	FZ_TAG_ENUM = 'E',          /* string class, string case */
	FZ_TAG_PLAIN = 'O',         /* u32 shape; a new one is followed by: string class, u32 slots, a mangled string name for each;
	                               then a value, hole or unset for each slot, u32 further properties: mangled string name, value */
	FZ_TAG_NAMED = 'V',         /* string class, u32 properties (those that __sleep chose): mangled string name, value */
	FZ_TAG_STATE = 'Z',         /* string class, array: what __serialize() returned */
	FZ_TAG_BYTES = 'C',         /* string class, string: what Serializable::serialize() returned */
	FZ_TAG_SPL = 'L',           /* u32 shape as of FZ_TAG_PLAIN, u8 FZ_SPL_* and what is of it, then values and further properties as there.
	                               A heap: u64 flags, array of elements. A queue: the same, the elements of which have data and priority.
	                               A name: string class of getFileInfo(), string class of openFile() (empty: SPL's own), string or null.
	                               A temporary file: string uri, u64 flags, u64 longest line, u64 line, u32 escape, u8 delimiter,
	                               u8 enclosure, u8 at its end, u8 has read the line, i64 position, string content */
	FZ_TAG_THROWABLE = 'W',     /* string class, then the values message, code, file, line, trace, previous; u32 further
	                               properties: mangled string name, value */
	FZ_TAG_CLOSURE = 'K',       /* closure_encode.c */
	FZ_TAG_METHOD = 'A',        /* only as what a task calls, [object or class, method]: string method, value object or class */
	FZ_TAG_SHARED = 'B',        /* string class, u8 kind (FZ_REF_*), u32 reference of the message */
	FZ_TAG_STREAM = 'M',        /* u8 kind (FZ_STREAM_*), u8 FZ_OPENED_*, u8 flags, u64 chunk size, string mode, string uri, then of a
	                               file u32 reference, of a socket u32 reference, i64 seconds and i64 microseconds of its timeout, of
	                               a copy i64 position and, unless it is of data:, string content */
	FZ_TAG_RESOURCE = 'm'       /* u32 number */
};

/* Objects of SPL with data of their own. */
enum { FZ_SPL_HEAP = 1, FZ_SPL_QUEUE = 2, FZ_SPL_NAME = 3, FZ_SPL_TEMPORARY = 4 };

/* Flags of an array's head. */
enum {
	FZ_ARRAY_NUMBERED = 1, /* gets the next array number */
	FZ_ARRAY_NEXT = 2      /* its next free index is told; else: the number of slots, or that of a table without int keys */
};

/* What a stream is over: anything with a descriptor that fopen() opens, a TCP socket, another socket; content of its own. */
enum { FZ_STREAM_FILE = 0, FZ_STREAM_TCP = 1, FZ_STREAM_SOCKET = 2, FZ_STREAM_MEMORY = 3, FZ_STREAM_TEMP = 4, FZ_STREAM_DATA = 5 };
/* What it was opened by: the wrapper of plain files, that of php://, another one or none, which its kind says as far as it can be had. */
enum { FZ_OPENED_OTHERWISE = 0, FZ_OPENED_FILE = 1, FZ_OPENED_PHP = 2 };
/* Flags of a stream. */
enum { FZ_STREAM_EOF = 1, FZ_STREAM_UNBUFFERED = 2 };

/* How deep code may nest in an image. How deep values may: the option max_nesting. */
#define FZ_MAX_DEPTH 1024
/* How deep values may where a thread does not know its stack: in a fiber. */
#define FZ_DEPTH_UNKNOWN 512

/* Previous throwables of one that are kept. */
#define FZ_MAX_PREVIOUS 32

#endif
