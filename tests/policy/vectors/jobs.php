<?php

declare(strict_types=1);

/** What a job says to the VM, memory, and what runs when a job is over. */

$options = [];
foreach ([
    'ini' => static fn () => ['ini' => ['open_basedir' => '/', 'disable_functions' => '', 'memory_limit' => '-1']],
    'ini_file' => static fn (Arena $at) => ['ini_file' => $at->in('loose.ini')],
    'library' => static fn (Arena $at) => ['library' => $at->out('libphp.so')],
    'runtime' => static fn (Arena $at) => ['runtime' => $at->out('runtime')],
    'extensions' => static fn (Arena $at) => ['extensions' => [$at->trusted('threads.so')]],
    'extension_dir' => static fn (Arena $at) => ['extension_dir' => $at->trusted(), 'extensions' => ['threads']],
    'prepend' => static fn (Arena $at) => ['prepend' => [$at->out('secret.php')]],
    'bootstrap' => static fn (Arena $at) => ['bootstrap' => $at->out('secret.php')],
    'sapi_name' => static fn () => ['sapi_name' => 'cli'],
] as $name => $given) {
    $options["boot of a job with $name"] = ['basedir', static fn (Arena $at) => FfiZts::boot($given($at)) && true, 'no control' => 'jobs boot with the options of their process'];
}

return $options + [
    'a task of a job' => ['basedir', static fn (Arena $at) => FfiZts::boot()->run('file_get_contents', [$at->secret()])->await(30)],
    'a closure of a job' => ['basedir', static fn (Arena $at) => FfiZts::boot()->run(static fn (string $file) => file_get_contents($file), [$at->secret()])->await(30)],
    'a script of a job' => ['basedir', static fn (Arena $at) => FfiZts::boot()->runScript($at->out('secret.php'))->value],
    'a future script of a job' => ['basedir', static fn (Arena $at) => FfiZts::boot()->startScript($at->out('secret.php'))->await(30)->value],
    'a script of a job by a link' => ['basedir', static fn (Arena $at) => FfiZts::boot()->runScript($at->in('link.php'))->value],
    'a bootstrap file of a job' => ['basedir', static function (Arena $at) {
        $thread = FfiZts::boot()->thread($at->out('function.php'));
        try {
            return $thread->run('outside')->await(30);
        } finally {
            $thread->close();
        }
    }],
    'a bootstrap file of a job\'s pool' => ['basedir', static function (Arena $at) {
        $pool = FfiZts::boot()->pool(1, $at->out('function.php'));
        try {
            return implode('', $pool->map([1], 'outside'));
        } finally {
            $pool->close();
        }
    }],
    'a thread of a job' => ['basedir', static function (Arena $at) {
        $thread = FfiZts::boot()->thread();
        try {
            return $thread->run(static fn (string $file) => include $file, [$at->out('secret.php')])->await(30);
        } finally {
            $thread->close();
        }
    }],
    'a job of a job of a job' => ['basedir', static fn (Arena $at) => FfiZts::boot()->run(static fn (string $file) => FfiZts::boot()->run(static fn (string $file)
        => file_get_contents($file), [$file])->await(30), [$at->secret()])->await(30)],
    'a task that loosens' => ['basedir', static fn (Arena $at) => FfiZts::boot()->run(static function (string $file) {
        ini_restore('open_basedir');
        @ini_set('open_basedir', '/');
        return file_get_contents($file);
    }, [$at->secret()])->await(30)],
    'a name of a stream' => ['basedir', static fn (Arena $at) => FfiZts::boot()->run(static fn ($stream, string $name)
        => file_get_contents(dirname(stream_get_meta_data($stream)['uri']) . $name), [fopen($at->in('allowed'), 'r'), '/../out/secret'])->await(30)],
    'an object with a path' => ['basedir', static fn (Arena $at) => FfiZts::boot()->run(static fn (SplFileInfo $file) => $file->openFile()->fgets(), [new SplFileInfo($at->secret())])->await(30)],
    'what another job has opened, by a channel' => ['basedir', static function (Arena $at) {
        $channel = new FfiZts\Channel(1);
        FfiZts::boot()->run(static function (FfiZts\Channel $channel, string $file) {
            $channel->send(@file_get_contents($file));
        }, [$channel, $at->secret()])->await(30);
        return $channel->recv(30);
    }],
    'more memory' => ['memory', static fn () => strlen(str_repeat('x', 100 << 20)) > 0, 'alone' => true],
    'more memory by ini_set' => ['fixed', static fn () => ini_set('memory_limit', '-1') . (strlen(str_repeat('x', 100 << 20)) > 0 ? Arena::MARK : ''), 'alone' => true],
    'more memory by ini_restore' => ['fixed', static function () {
        ini_restore('memory_limit');
        return strlen(str_repeat('x', 100 << 20)) > 0;
    }, 'alone' => true],
    'more memory by putenv' => ['memory', static function () {
        putenv('USE_ZEND_ALLOC=0');
        return strlen(str_repeat('x', 100 << 20)) > 0;
    }, 'alone' => true],
    'more memory of a job by putenv' => ['memory', static function () {
        putenv('USE_ZEND_ALLOC=0');
        return FfiZts::boot()->run('str_repeat', ['S3CRET', 16 << 20])->await(30);
    }, 'alone' => true],
    'more memory of a job' => ['fixed', static fn () => FfiZts::boot()->run(static function () {
        @ini_set('memory_limit', '-1');
        return strlen(str_repeat('x', 100 << 20)) > 0;
    })->await(30), 'alone' => true],
    'a shutdown function' => ['basedir', static function (Arena $at) {
        register_shutdown_function(static fn () => $at->late(@file_get_contents($at->secret())));
    }, 'late' => true],
    'a shutdown function that loosens' => ['basedir', static function (Arena $at) {
        register_shutdown_function(static function () use ($at) {
            ini_restore('open_basedir');
            $at->late(@file_get_contents($at->secret()));
        });
    }, 'late' => true],
    'a disabled shutdown function' => ['functions', static function () {
        register_shutdown_function('exec', 'true');
        return true;
    }],
    'a destructor' => ['basedir', static function (Arena $at) {
        static $last = [];
        $last[] = new Last($at);
    }, 'late' => true],
];
