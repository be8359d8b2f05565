<?php

declare(strict_types=1);

/**
 * Functions and classes that are disabled, by php.ini (exec, system; ArrayObject), a pool (passthru, popen, proc_open; SplTempFileObject) and
 * a web server (shell_exec, mail, mb_send_mail, pcntl_exec; SplQueue), or all by php.ini; and native code.
 */

return [
    'exec' => ['functions', static fn () => exec('echo ' . Arena::MARK)],
    'shell_exec' => ['functions', static fn () => shell_exec('echo ' . Arena::MARK)],
    'backticks' => ['functions', static fn () => `echo S3CRET`],
    'system' => ['functions', static fn () => system('echo ' . Arena::MARK)],
    'passthru' => ['functions', static fn () => passthru('echo ' . Arena::MARK)],
    'popen' => ['functions', static fn () => stream_get_contents(popen('echo ' . Arena::MARK, 'r'))],
    'proc_open' => ['functions', static function () {
        $process = proc_open(['echo', Arena::MARK], [1 => ['pipe', 'w']], $pipes);
        $text = stream_get_contents($pipes[1]);
        proc_close($process);
        return $text;
    }],
    'pcntl_exec' => ['functions', static fn () => pcntl_exec('/bin/echo', [Arena::MARK]), 'needs' => 'pcntl'],
    'mail with parameters' => ['functions', static fn (Arena $at) => mail('a@localhost', 'b', 'c', '', '-X' . $at->made())],
    'mb_send_mail' => ['functions', static fn (Arena $at) => mb_send_mail('a@localhost', 'b', 'c', '', '-X' . $at->made()), 'needs' => 'mbstring'],
    'another case' => ['functions', static fn () => \EXEC('echo ' . Arena::MARK)],
    'a name in a variable' => ['functions', static fn () => ('ex' . 'ec')('echo ' . Arena::MARK)],
    'call_user_func' => ['functions', static fn () => call_user_func('exec', 'echo ' . Arena::MARK)],
    'array_map' => ['functions', static fn () => implode('', array_map('shell_exec', ['echo ' . Arena::MARK]))],
    'array_walk' => ['functions', static function () {
        $commands = ['echo ' . Arena::MARK => 0];
        $flipped = array_flip($commands);
        array_walk($flipped, 'system');
    }],
    'array_filter' => ['functions', static fn () => array_filter(['echo ' . Arena::MARK], 'system') !== []],
    'usort' => ['functions', static function () {
        $all = ['echo ' . Arena::MARK, 'echo ' . Arena::MARK];
        usort($all, static fn (string $a, string $b) => (int) system($a));
    }],
    'preg_replace_callback' => ['functions', static fn () => preg_replace_callback('/.+/', static fn (array $m) => system($m[0]), 'echo ' . Arena::MARK)],
    'ReflectionFunction' => ['functions', static fn () => (new ReflectionFunction('exec'))->invoke('echo ' . Arena::MARK)],
    'ReflectionFunction as a closure' => ['functions', static fn () => (new ReflectionFunction('exec'))->getClosure()('echo ' . Arena::MARK)],
    'Closure::fromCallable' => ['functions', static fn () => Closure::fromCallable('exec')('echo ' . Arena::MARK)],
    'a first-class callable' => ['functions', static fn () => exec(...)('echo ' . Arena::MARK)],
    'an iterator' => ['functions', static fn () => iterator_apply($all = new ArrayIterator([1]), 'system', ['echo ' . Arena::MARK]) === 1],
    'call_user_func_array' => ['functions', static fn () => call_user_func_array('exec', ['command' => 'echo ' . Arena::MARK])],
    'a handler of errors' => ['functions', static function () {
        set_error_handler(static fn (int $level, string $text) => system($text) !== false);
        try {
            trigger_error('echo ' . Arena::MARK);
        } finally {
            restore_error_handler();
        }
    }],
    'a buffer' => ['functions', static function () {
        if (!ob_start('shell_exec')) {
            return false;
        }
        echo 'echo ' . Arena::MARK;
        ob_end_flush();
    }],
    'eval' => ['functions', static fn () => eval('return exec("echo " . Arena::MARK);')],
    'a function of SQLite' => ['functions', static function () {
        $database = new PDO('sqlite::memory:');
        $database->sqliteCreateFunction('run', 'exec');
        return (string) $database->query("select run('echo " . Arena::MARK . "')")->fetchColumn();
    }, 'needs' => 'pdo_sqlite'],
    'a callback of XML' => ['functions', static function () {
        $parser = xml_parser_create();
        xml_set_character_data_handler($parser, static fn ($parser, string $text) => print(exec($text)));
        xml_parse($parser, '<x>echo ' . Arena::MARK . '</x>', true);
    }, 'needs' => 'xml'],
    'a task by name' => ['functions', static fn () => FfiZts::boot()->run('exec', ['echo ' . Arena::MARK])->await(30)],
    'a task of a thread by name' => ['functions', static function () {
        $thread = FfiZts::boot()->thread();
        try {
            return $thread->run('system', ['echo ' . Arena::MARK])->await(30);
        } finally {
            $thread->close();
        }
    }],
    'map by name' => ['functions', static function () {
        $pool = FfiZts::boot()->pool(1);
        try {
            return implode('', $pool->map(['echo ' . Arena::MARK], 'shell_exec'));
        } finally {
            $pool->close();
        }
    }],
    'new' => ['classes', static fn () => implode('', (new ArrayObject([Arena::MARK]))->getArrayCopy())],
    'new of the pool\'s' => ['classes', static function () {
        $file = new SplTempFileObject();
        $file->fwrite(Arena::MARK);
        $file->rewind();
        return $file->fgets();
    }],
    'new of the web server\'s' => ['classes', static function () {
        $queue = new SplQueue();
        $queue->enqueue(Arena::MARK);
        return $queue->dequeue();
    }],
    'a class by a variable' => ['classes', static fn () => implode('', (new ('Array' . 'Object')([Arena::MARK]))->getArrayCopy())],
    'a subclass' => ['classes', static fn () => implode('', (eval('return new class (["S3CRET"]) extends ArrayObject {};'))->getArrayCopy())],
    'a subclass that calls its parent' => ['classes', static fn () => (eval('return new class ([]) extends ArrayObject {
        public function __construct(array $all) { parent::__construct(["S3CRET"]); }
        public function all(): string { return implode("", parent::getArrayCopy()); }
    };'))->all()],
    'a clone' => ['classes', static fn () => implode('', (clone new ArrayObject([Arena::MARK]))->getArrayCopy())],
    'ReflectionClass' => ['classes', static fn () => implode('', (new ReflectionClass('ArrayObject'))->newInstance([Arena::MARK])->getArrayCopy())],
    'ReflectionClass without constructor' => ['classes', static function () {
        $queue = (new ReflectionClass('SplQueue'))->newInstanceWithoutConstructor();
        $queue->push(Arena::MARK);
        return $queue->pop();
    }],
    'ReflectionMethod' => ['classes', static fn () => implode('', (new ReflectionMethod('ArrayObject', 'getArrayCopy'))->invoke(new ArrayObject([Arena::MARK])))],
    'unserialize' => ['classes', static fn () => implode('', unserialize('O:11:"ArrayObject":4:{i:0;i:0;i:1;a:1:{i:0;s:6:"S3CRET";}i:2;a:0:{}i:3;N;}')->getArrayCopy())],
    'PDO::FETCH_CLASS' => ['classes', static function () {
        $object = (new PDO('sqlite::memory:'))->query('select 1')->fetchObject('SplQueue');
        $object->enqueue(Arena::MARK);
        return $object->dequeue();
    }, 'needs' => 'pdo_sqlite'],
    'a class that a job returns' => ['classes', static fn () => implode('', FfiZts::boot()->run(static fn () => new ArrayObject(['S3CRET']))->await(30)->getArrayCopy())],
    'methods that cross' => ['classes', static fn () => implode('', FfiZts::boot()->run([new ArrayObject([Arena::MARK]), 'getArrayCopy'])->await(30))],
    'FFI::cdef' => ['ffi', static fn () => FFI::cdef('int getpid(void);')->getpid() > 0, 'needs' => 'FFI'],
    'FFI::cdef of a library' => ['ffi', static fn () => FFI::cdef('int puts(const char *);', 'libc.so.6')->puts('') >= 0, 'needs' => 'FFI'],
    'FFI::load' => ['ffi', static fn (Arena $at) => FFI::load($at->in('allowed.h'))->getpid() > 0, 'needs' => 'FFI'],
    'FFI::scope' => ['ffi', static fn () => FFI::scope('X') !== null, 'needs' => 'FFI', 'no control' => 'nothing is preloaded'],
    'dl' => ['dl', static fn () => dl('threads.so') && extension_loaded('threads')],
    'dl by its name' => ['dl', static fn () => dl('threads') && extension_loaded('threads'), 'no control' => 'dl has loaded it'],
    'dl of a path' => ['dl', static fn (Arena $at) => dl($at->trusted('threads.so')), 'no control' => 'dl takes names'],
];
