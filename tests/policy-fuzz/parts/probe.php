<?php

declare(strict_types=1);

/**
 * What the PHP that runs this lets through: it is tried, and not asked for. The host runs it, and jobs of every kind.
 *
 * The plan: `ops` to begin with, `read` (paths, each in every way), `functions`, `classes`, `others`; `nested`, a job to start from here.
 * The answer: what was tried => whether it worked, and a few texts.
 */
return static function (array $plan, ?Closure $probe = null, ?Closure $fill = null): array {
    $ran = $GLOBALS['ran'] ?? [];
    foreach ($plan['ops'] ?? [] as [$what, $name, $value]) {
        try {
            $did[] = match ($what) {
                'ini' => @ini_set($name, $value),
                'restore' => @ini_restore($name),
                'env' => @putenv($value === null ? $name : "$name=$value"),
                'chdir' => @chdir($name),
                'path' => @set_include_path($name),
            };
        } catch (Throwable $e) {
            $did[] = $e::class;
        }
    }
    $tries = [];
    foreach ($plan['read'] ?? [] as $path) {
        $tries["read $path get"] = static fn () => file_get_contents($path);
        $tries["read $path open"] = static fn () => fread(fopen($path, 'r'), 10);
        $tries["read $path include"] = static fn () => include $path;
        $tries["read $path require"] = static fn () => eval('return include ' . var_export($path, true) . ';');
        $tries["read $path stat"] = static fn () => is_file($path);
        $tries["read $path list"] = static fn () => count(scandir(dirname($path))) > 2;
        $tries["read $path glob"] = static fn () => count(glob(dirname($path) . '/canary.*')) > 0;
        $tries["read $path spl"] = static fn () => (new SplFileObject($path))->fgets();
        $tries["read $path url"] = static fn () => file_get_contents("file://$path");
        $tries["read $path filter"] = static fn () => file_get_contents("php://filter/read=string.toupper/resource=$path");
        $tries["read $path chdir"] = static function () use ($path) {
            $back = getcwd();
            $done = chdir(dirname($path)) && file_get_contents('./' . basename($path));
            $back === false || chdir($back);
            return $done;
        };
    }
    foreach ($plan['functions'] ?? [] as [$function, $arguments]) {
        $tries["call $function"] = static fn () => [$function(...$arguments)];
        $tries["call $function by name"] = static fn () => [call_user_func($function, ...$arguments)];
    }
    foreach ($plan['classes'] ?? [] as [$class, $method, $arguments]) {
        $tries["new $class"] = static fn () => [(new $class(...$arguments))->$method()];
    }
    $others = [
        'urls are opened' => static fn () => file_get_contents('data:text/plain,x') === 'x',
        'urls are included' => static fn () => (include 'data:text/plain,%3C%3Fphp%20return%20%22x%22%3B') === 'x',
        'FFI' => static fn () => FFI::cdef('int getpid(void);')->getpid() > 0,
        'FFI without a text' => static fn () => (bool) FFI::cdef(),
        'dl' => static function () {
            error_clear_last();
            $dl = 'dl';
            return $dl('ffi_zts_nothing.so') || str_contains(error_get_last()['message'] ?? '', 'Unable to load');
        },
        'descriptors' => static fn () => (bool) fopen('php://fd/1', 'w'),
    ];
    $tries += array_intersect_key($others, array_flip($plan['others'] ?? []));
    $found = [];
    foreach ($tries as $label => $try) {
        try {
            $found[$label] = (bool) @$try();
        } catch (Throwable) {
            $found[$label] = false;
        }
    }
    // What has run here was tried, and tasks of a worker are one request.
    $GLOBALS['ran'] = $ran;
    $answer = ['found' => $found, 'ran' => $ran, 'did' => $did ?? [], 'sapi' => php_sapi_name(), 'temporary' => sys_get_temp_dir()];
    // Not by their names: opcache puts the value of the first job that compiles it in the place of such a call.
    foreach (['memory_limit', 'open_basedir'] as $setting) {
        $answer[$setting] = (string) ini_get($setting);
    }
    if (isset($plan['nested'])) {
        $nested = $plan['nested'];
        $own = ini_parse_quantity($answer['memory_limit']);
        $limit = $own > 0 && ($nested['limit'] <= 0 || $own < $nested['limit']) ? $own : $nested['limit'];
        try {
            $vm = FfiZts::boot(...$nested['boot']);
            $on = match ($nested['kind']) {
                'thread' => $vm->thread(),
                'pool' => $vm->pool(1),
                'task' => $vm,
            };
            $run = $nested['kind'] === 'pool' ? $on->submit(...) : $on->run(...);
            $answer['nested'] = $run($probe, [$nested['plan']])->await(60);
            $answer['nested memory'] = $limit > 0 ? $run($fill, [$limit])->await(60) : 'no limit';
        } catch (Throwable $e) {
            $answer['nested error'] = $e::class . ': ' . $e->getMessage();
        }
    }
    return $answer;
};
