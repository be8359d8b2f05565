<?php

declare(strict_types=1);

/**
 * What a confined script says to the VM, in a host that has booted none: name => [its code, why there is no control or the environment of it].
 *
 * The control is a host that nothing confines, or one that was started with the environment. Further keys: `under`: `web` where the host has
 * to be no command line, `cli` where it has to be one; `late`: the script confines itself; `needs native`: an extension has to be there.
 */

use FfiZts\Vm;

/** Reads the secret in a job. */
$read = static fn (Vm $vm, Arena $at): string => (string) @$vm->run('file_get_contents', [$at->secret()])->await(30);
/** Runs a script of parts/. */
$script = static fn (Vm $vm, string $name, string ...$arguments): mixed => $vm->runScript(__DIR__ . "/parts/$name.php", $arguments)->value;
/** Options that a script gives, and what a script of the guest then says. */
$tells = static fn (array|Closure $options, string ...$of): array => [static fn (Arena $at): mixed
    => $script(FfiZts::boot($options instanceof Closure ? $options($at) : $options), 'tells', ...$of)];
/** A setting of the guest. */
$set = static fn (string $name, string|Closure $value): array => $tells(static fn (Arena $at): array
    => ['ini' => [$name => $value instanceof Closure ? $value($at) : $value]], 'setting', $name);
/** php.ini lines of FfiZts\Internal\Cli. */
$lines = static fn (string $text): array => [static function (Arena $at) use ($text) {
    FfiZts\Internal\Cli::main(['mode' => 'code', 'no_ini' => true, 'ini_text' => $text, 'script' => 'echo @file_get_contents(' . var_export($at->secret(), true) . ');']);
}, 'under' => 'cli'];

$boots = [
    'ini of open_basedir' => [static fn (Arena $at) => $read(FfiZts::boot(['ini' => ['open_basedir' => '/']]), $at)],
    'ini of no open_basedir' => [static fn (Arena $at) => $read(FfiZts::boot(['ini' => ['open_basedir' => '']]), $at)],
    'ini of more open_basedir' => [static fn (Arena $at) => $read(FfiZts::boot(['ini' => ['open_basedir' => $at->in() . ':' . $at->out()]]), $at)],
    'ini of OPEN_BASEDIR' => [static fn (Arena $at) => $read(FfiZts::boot(['ini' => ['OPEN_BASEDIR' => '/', 'open_basedir ' => '/']]), $at), 'there is no such setting'],
    'ini of disable_functions' => [static fn () => FfiZts::boot(['ini' => ['disable_functions' => '']])->run('exec', ['echo ' . Arena::MARK])->await(30)],
    'ini of disable_classes' => [static fn () => $script(FfiZts::boot(['ini' => ['disable_classes' => '']]), 'tells', 'class')],
    'ini of memory_limit' => [static fn () => FfiZts::boot(['ini' => ['memory_limit' => '-1']])->run('str_repeat', ['S3CRET', 16 << 20])->await(30)],
    'ini of allow_url_fopen' => [static fn () => FfiZts::boot(['ini' => ['allow_url_fopen' => '1']])->run('file_get_contents', ['data:text/plain,S3CRET'])->await(30)],
    'ini of ffi.enable' => [static fn () => $script(FfiZts::boot(['ini' => ['ffi.enable' => '1']]), 'tells', 'ffi')],
    'ini of enable_dl' => [static fn () => $script(FfiZts::boot(['ini' => ['enable_dl' => '1'], 'sapi_name' => 'cli']), 'tells', 'dl'), 'under' => 'cli', 'needs native' => true],
    'ini with lines in a value' => [static fn (Arena $at) => $read(FfiZts::boot(['ini' => ['user_agent' => "x\nopen_basedir=/\nmemory_limit=-1\n"]]), $at), 'under' => 'cli'],
    'ini with a section in a value' => [static fn (Arena $at) => $read(FfiZts::boot(['ini' => ['user_agent' => "x\n[PATH=/]\nopen_basedir=/\n[HOST=x]"]]), $at)],
    'ini with quotes in a value' => [static fn (Arena $at) => $read(FfiZts::boot(['ini' => ['user_agent' => "\"\nopen_basedir=/\nuser_agent=\"x", 'from' => '"']]), $at)],
    'ini with lines in a name' => [static fn (Arena $at) => $read(FfiZts::boot(['ini' => ["user_agent=x\nopen_basedir" => '/']]), $at), 'a name is one line'],
    'ini with a section in a name' => [static fn (Arena $at) => $read(FfiZts::boot(['ini' => ["[PATH=/]\nuser_agent" => 'x']]), $at), 'a name is one line'],
    'withIniEntry' => [static fn (Arena $at) => $read(FfiZts::boot()->withIniEntry('open_basedir', '/'), $at)],
    'withIniEntry of memory_limit' => [static fn () => FfiZts::boot()->withIniEntry('memory_limit', '-1')->run('str_repeat', ['S3CRET', 16 << 20])->await(30)],
    'withIniFile' => [static fn (Arena $at) => $script(FfiZts::boot()->withIniFile($at->in('loose.ini')), 'tells', 'setting', 'user_agent')],
    'withExtension' => [static fn (Arena $at) => $script(FfiZts::boot()->withExtension($at->trusted('threads.so')), 'tells', 'extension', 'threads'), 'needs native' => true],
    'withExtensionDir' => [static fn (Arena $at) => $script(FfiZts::boot()->withExtensionDir($at->trusted())->withExtension('threads'), 'tells', 'extension', 'threads'), 'needs native' => true],
    'withPrepend' => [static fn (Arena $at) => $script(FfiZts::boot()->withPrepend($at->out('leak.php')), 'tells', 'global', 'leak')],
    'withBootstrap' => [static fn (Arena $at) => FfiZts::boot()->withBootstrap($at->out('function.php'))->run('outside')->await(30)],
    'ini_file' => $tells(static fn (Arena $at): array => ['ini_file' => $at->in('loose.ini')], 'setting', 'user_agent'),
    'ini_file that loosens' => [static fn (Arena $at) => $read(FfiZts::boot(['ini_file' => $at->in('loose.ini')]), $at)],
    'ini_file from outside' => $tells(static fn (Arena $at): array => ['ini_file' => $at->out('user.ini')], 'setting', 'user_agent'),
    'extensions' => $tells(static fn (Arena $at): array => ['extensions' => [$at->trusted('threads.so')]], 'extension', 'threads') + ['needs native' => true],
    'extension_dir' => $tells(static fn (Arena $at): array => ['extension_dir' => $at->trusted(), 'extensions' => ['threads']], 'extension', 'threads') + ['needs native' => true],
    'library' => [static fn (Arena $at) => $script($vm = FfiZts::boot(['library' => $at->trusted('runtime/libphp.so')]), 'tells', 'nothing') || $vm->info()['library'] === $at->trusted('runtime/libphp.so')],
    'runtime' => [static fn (Arena $at) => $script($vm = FfiZts::boot(['runtime' => $at->trusted('runtime')]), 'tells', 'nothing') || $vm->info()['library'] === $at->trusted('runtime/libphp.so')],
    'libdir' => [static fn (Arena $at) => $script(FfiZts::boot(['libdir' => $at->trusted()]), 'tells', 'nothing') === null],
    'prepend' => $tells(static fn (Arena $at): array => ['prepend' => [$at->out('leak.php')]], 'global', 'leak'),
    'prepend by a link' => $tells(static fn (Arena $at): array => ['prepend' => [$at->in('directory/leak.php')]], 'global', 'leak'),
    'bootstrap' => [static fn (Arena $at) => FfiZts::boot(['bootstrap' => $at->out('function.php')])->run('outside')->await(30)],
    'bootstrap of a thread' => [static fn (Arena $at) => FfiZts::boot()->thread($at->out('function.php'))->run('outside')->await(30)],
    'bootstrap of a pool' => [static fn (Arena $at) => FfiZts::boot()->pool(1, $at->out('function.php'))->map([1], 'outside')[0]],
    'sapi_name' => [static fn () => $script(FfiZts::boot(['sapi_name' => 'cli']), 'tells', 'descriptor'), 'under' => 'web'],
    'a script' => [static fn (Arena $at) => FfiZts::boot()->runScript($at->out('secret.php'))->value],
    'a script by a link' => [static fn (Arena $at) => FfiZts::boot()->runScript($at->in('link.php'))->value],
    'a script by dots' => [static fn (Arena $at) => FfiZts::boot()->runScript($at->in('../out/secret.php'))->value],
    'a future script' => [static fn (Arena $at) => FfiZts::boot()->startScript($at->out('secret.php'))->await(30)->value],
    'a script of an archive' => [static fn (Arena $at) => FfiZts::boot()->runScript('phar://' . $at->out('secret.phar') . '/inner.php')->value],
    'a script of a file: address' => [static fn (Arena $at) => FfiZts::boot()->runScript('file://' . $at->out('secret.php'))->value],
    'a task by name' => [static fn () => FfiZts::boot()->run('exec', ['echo ' . Arena::MARK])->await(30)],
    'a first-class callable' => [static fn () => FfiZts::boot()->run(shell_exec(...), ['echo ' . Arena::MARK])->await(30)],
    'map by name' => [static fn () => FfiZts::boot()->pool(1)->map(['echo ' . Arena::MARK], 'passthru') && true],
    'an object of a disabled class' => [static fn () => implode('', FfiZts::boot()->run([new ArrayObject([Arena::MARK]), 'getArrayCopy'])->await(30))],
    'opcache.preload' => $tells(static fn (Arena $at): array => ['ini' => ['opcache.preload' => $at->out('leak.php'), 'opcache.preload_user' => 'root']], 'setting', 'opcache.preload'),
    'opcache.file_cache' => $set('opcache.file_cache', static fn (Arena $at) => $at->out('made')),
    'opcache.error_log' => $set('opcache.error_log', static fn (Arena $at) => $at->made()),
    'opcache.blacklist_filename' => $set('opcache.blacklist_filename', static fn (Arena $at) => $at->secret()),
    'opcache.lockfile_path' => $set('opcache.lockfile_path', static fn (Arena $at) => $at->out('made')),
    'ffi.preload' => $set('ffi.preload', static fn (Arena $at) => $at->out('x.h')),
    'error_log' => $set('error_log', static fn (Arena $at) => $at->made()),
    'mail.log' => $set('mail.log', static fn (Arena $at) => $at->made()),
    'sendmail_path' => $set('sendmail_path', 'cat /etc/passwd'),
    'session.save_path' => $set('session.save_path', static fn (Arena $at) => $at->out('made')),
    'sys_temp_dir' => $set('sys_temp_dir', static fn (Arena $at) => $at->out('made')),
    'upload_tmp_dir' => $set('upload_tmp_dir', static fn (Arena $at) => $at->out('made')),
    'sqlite3.extension_dir' => $set('sqlite3.extension_dir', static fn (Arena $at) => $at->out()),
    'curl.cainfo' => $set('curl.cainfo', static fn (Arena $at) => $at->secret()),
    'openssl.cafile' => $set('openssl.cafile', static fn (Arena $at) => $at->secret()),
    'browscap' => [static fn (Arena $at) => FfiZts::boot(['ini' => ['browscap' => $at->out('browscap.ini')]])->run('get_browser', ['x', true])->await(30)['browser']],
    'auto_prepend_file' => $tells(static fn (Arena $at): array => ['ini' => ['auto_prepend_file' => $at->out('leak.php')]], 'global', 'leak'),
    'putenv of USE_ZEND_ALLOC' => [static fn () => putenv('USE_ZEND_ALLOC=0') && FfiZts::boot()->run('str_repeat', ['S3CRET', 16 << 20])->await(30), ['USE_ZEND_ALLOC=0']],
    'putenv of MAGIC' => [static fn (Arena $at) => (string) putenv('MAGIC=' . $at->out('magic')) . $script(FfiZts::boot(), 'tells', 'magic'), 'finfo looks at open_basedir by itself'],
    'putenv of TMPDIR' => [static fn (Arena $at) => (putenv('TMPDIR=' . $at->out('made')) ? '' : 'x') . $script(FfiZts::boot(), 'tells', 'directory') === $at->out('made'), ['TMPDIR={out}/made']],
    'putenv of PHP_INI_SCAN_DIR' => [static fn (Arena $at) => (string) putenv('PHP_INI_SCAN_DIR=' . $at->out('scan')) . $script(FfiZts::boot(), 'tells', 'setting', 'user_agent'), ['PHP_INI_SCAN_DIR={out}/scan']],
    'a stream by its name' => [static function (Arena $at) use ($script) {
        $stream = fopen($at->secret(), 'r');
        $at->restrict();
        return FfiZts::boot()->run(task('again'), [$stream])->await(30);
    }, 'late' => true],
    'a directory that was entered' => [static function (Arena $at) {
        chdir($at->out());
        $at->restrict();
        return FfiZts::boot()->run('file_get_contents', ['secret'])->await(30);
    }, 'late' => true],
    'an object with a path' => [static function (Arena $at) {
        $file = new SplFileInfo($at->secret());
        $at->restrict();
        return FfiZts::boot()->run(task('read'), [$file])->await(30);
    }, 'late' => true],
    'a bootstrap file from before' => [static function (Arena $at) {
        $vm = FfiZts::boot(['bootstrap' => $at->out('function.php'), 'threads' => 1]);
        $at->restrict();
        return $vm->run('outside')->await(30);
    }, 'late' => true],
    'a prepended file from before' => [static function (Arena $at) use ($script) {
        $vm = FfiZts::boot(['prepend' => [$at->out('leak.php')]]);
        $at->restrict();
        return $script($vm, 'tells', 'global', 'leak');
    }, 'late' => true],
    'a worker from before' => [static function (Arena $at) use ($read) {
        $thread = FfiZts::boot()->thread();
        $before = $thread->run('file_get_contents', [$at->secret()])->await(30);
        $at->restrict();
        return (string) @$thread->run('file_get_contents', [$at->secret()])->await(30) . ($before === false ? Arena::MARK : '');
    }, 'late' => true],
    'what opcache has from before' => [static function (Arena $at) {
        $vm = FfiZts::boot();
        $vm->runScript($at->out('secret.php'));
        $at->restrict();
        return $vm->runScript($at->out('secret.php'))->value;
    }, 'late' => true],
    'Doctor' => [static fn (Arena $at) => FfiZts\Internal\Doctor::findings(['library' => $at->trusted('runtime/libphp.so')]) !== null],
    'relink to outside' => [static fn (Arena $at) => FfiZts\relink($at->trusted('threads.so'), $at->made())['output'] !== null, 'needs native' => true],
    'relink from outside' => [static fn (Arena $at) => FfiZts\relink($at->out('threads.so'), null, null, true)['suitable'], 'needs native' => true],
    'Cli with a file' => [static function (Arena $at) {
        FfiZts\Internal\Cli::main(['mode' => 'file', 'no_ini' => true, 'script' => $at->out('says.php'), 'argv' => ['x']]);
    }, 'under' => 'cli'],
    'Cli with a php.ini' => [static function (Arena $at) {
        FfiZts\Internal\Cli::main(['mode' => 'code', 'ini_path' => $at->out('user.ini'), 'script' => 'echo ini_get("user_agent");']);
    }, 'under' => 'cli'],
    'Cli with options' => [static function (Arena $at) {
        FfiZts\Internal\Cli::main(['mode' => 'code', 'no_ini' => true, 'options' => ['extensions' => [$at->trusted('threads.so')]], 'script' => 'echo extension_loaded("threads") ? "S3CRET" : "";']);
    }, 'under' => 'cli', 'needs native' => true],
    'Cli with code' => [static function (Arena $at) {
        FfiZts\Internal\Cli::main(['mode' => 'code', 'no_ini' => true, 'script' => 'echo @file_get_contents(' . var_export($at->secret(), true) . ');']);
    }, 'under' => 'cli'],
];
foreach (["open_basedir=/\n", "user_agent=x\n[PATH=/]\n", "[HOST=x]\nmemory_limit=-1\n", "[PATH=\n", "x=\"", "x='\n", 'x=${', "a[]=1\n["] as $text) {
    $boots['Cli with ' . addcslashes($text, "\n")] = $lines($text);
}
// 8.5 has no disabled classes.
return array_diff_key($boots, ini_get('disable_classes') === false ? ['ini of disable_classes' => 1, 'an object of a disabled class' => 1] : []);
