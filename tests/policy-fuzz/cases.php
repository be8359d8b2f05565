<?php

declare(strict_types=1);

/**
 * Cases of a seed: a host with restrictions and an administrator's settings, and what a script tries there. A case follows from the seed and
 * its number alone.
 */
final class Cases
{
    /** What is tried: harmless functions; some of them only a guest has. */
    public const FUNCTIONS = [
        'soundex' => ['abc'], 'strrev' => ['abc'], 'metaphone' => ['abc'], 'str_rot13' => ['abc'], 'crc32' => ['abc'], 'getmyuid' => [], 'nl2br' => ['a'],
        'lcg_value' => [], 'similar_text' => ['a', 'b'], 'exec' => [':'], 'readlink' => ['/proc/self/exe'], 'posix_getuid' => [], 'ctype_alpha' => ['a'],
        'curl_version' => [], 'simplexml_load_string' => ['<a/>'], 'token_name' => [262],
    ];
    public const CLASSES = [
        'SplTempFileObject' => ['ftell', []], 'ArrayObject' => ['count', []], 'SplObjectStorage' => ['count', []], 'DateTime' => ['getTimestamp', []],
        'XMLWriter' => ['openMemory', []], 'SplFixedArray' => ['getSize', [2]],
    ];
    public const OTHERS = ['urls are opened', 'urls are included', 'FFI', 'FFI without a text', 'dl', 'descriptors'];
    private const NUMBERS = ['threads', 'spare_workers', 'max_nesting', 'stop_timeout', 'shutdown_timeout'];
    /** Settings that scripts may set in a host, for values that try to become lines of their own. */
    private const FREE = ['user_agent', 'error_prepend_string', 'error_append_string', 'docref_root', 'arg_separator.output', 'highlight.string', 'include_path',
        'unserialize_callback_func', 'precision', 'assert.callback', 'from', 'variables_order', 'output_buffering', 'short_open_tag'];
    private const GUARDED = ['sendmail_path', 'opcache.preload', 'error_log', 'extension_dir', 'browscap', 'mail.log', 'sys_temp_dir', 'session.save_path',
        'Memory_Limit', 'OPEN_BASEDIR', 'no.such', 'ffi.preload', 'php_admin_value[open_basedir]', "x\nopen_basedir", 'extension', 'zend_extension', '[PATH=/]', ';', '', 'a[]'];

    private Random\Randomizer $random;
    private string $at;

    /** @param string $root the tree of files that all cases share */
    public function __construct(private readonly string $root, private readonly int $seed, private readonly bool $ffi)
    {
    }

    /** @return array<string, mixed> */
    public function make(int $number): array
    {
        $this->random = new Random\Randomizer(new Random\Engine\Mt19937(crc32("$this->seed/$number")));
        $web = $this->chance(35);
        $this->at = $this->root;
        $run = !$web && $this->chance(8);
        $host = $this->host($web);
        if ($run && $this->chance(60)) {
            $host['ffi_zts.allow_runtime_options'] = '1';
        }
        $case = ['number' => $number, 'web' => $web, 'host' => $host, 'file' => $this->chance(50), 'allowed' => isset($host['ffi_zts.allow_runtime_options'])];
        $case['admin'] = $this->administrator($case);
        $pages = $web ? $this->between(1, 3) : 1;
        for ($page = 0; $page < $pages; $page++) {
            $case['steps'][] = $this->step($case);
        }
        if ($run) {
            $case['steps'] = [['boots' => [], 'jobs' => [], 'run' => $this->command($case)] + $case['steps'][0]];
        }
        return $case;
    }

    /** @return array<string, string> settings of the host's php.ini, as values */
    private function host(bool $web): array
    {
        $set = ['display_errors' => '0', 'log_errors' => '0'];
        if ($this->chance(70)) {
            $set['open_basedir'] = $this->directories($web);
        }
        if ($this->chance(60)) {
            $set['disable_functions'] = $this->names(array_keys(self::FUNCTIONS), 1, 5);
        }
        if (PHP_VERSION_ID < 80500 && $this->chance(30)) {
            $set['disable_classes'] = $this->names(array_keys(self::CLASSES), 1, 3);
        }
        if (!$web && count($set) === 2 && $this->chance(80)) {
            $set['disable_functions'] = $this->names(array_keys(self::FUNCTIONS), 1, 3);
        }
        $set['memory_limit'] = $this->chance(90) ? $this->size($this->pick([12, 16, 24, 32, 48])) : '-1';
        foreach (['allow_url_fopen' => 50, 'allow_url_include' => 40, 'enable_dl' => 50] as $name => $percent) {
            if ($this->chance($percent)) {
                $set[$name] = $this->pick(['0', '1', 'On', 'Off', 'yes', 'no', '']);
            }
        }
        if ($this->chance(50)) {
            $set['ffi.enable'] = $this->pick(['0', '1', 'preload', 'Off', 'true', 'PRELOAD']);
        }
        if ($this->ffi && $this->chance(40)) {
            $set['extension'] = 'ffi';
        }
        if ($this->chance(6)) {
            $set['ffi_zts.allow_runtime_options'] = '1';
        }
        return $set;
    }

    /** Settings `ffi_zts.*`, with what they mean beside. */
    private function administrator(array $case): array
    {
        $set = $lines = [];
        $means = ['memory' => 0, 'functions' => '', 'classes' => '', 'directories' => null, 'off' => [], 'numbers' => [], 'prepend' => false, 'sapi' => false, 'fixed' => []];
        if ($this->chance(45)) {
            if ($this->chance(60)) {
                $bytes = $this->pick([9, 10, 11, 12]) << 20;
                $lines[] = 'memory_limit=' . $this->quoted($this->size($bytes >> 20));
                $means['memory'] = $bytes;
            }
            if ($this->chance(50)) {
                $means['functions'] = $this->names(array_keys(self::FUNCTIONS), 1, 3);
                $lines[] = 'disable_functions=' . $this->quoted($means['functions']);
            }
            if (PHP_VERSION_ID < 80500 && $this->chance(20)) {
                $means['classes'] = $this->names(array_keys(self::CLASSES), 1, 2);
                $lines[] = 'disable_classes=' . $this->quoted($means['classes']);
            }
            $host = array_filter(explode(':', $case['host']['open_basedir'] ?? "$this->at/a:$this->at/lib"), 'trim');
            if ($host && $this->chance(40)) {
                $means['directories'] = implode(':', $this->some($host, 1, 2) + ($case['web'] ? [7 => "$this->at/lib"] : []));
                $lines[] = 'open_basedir=' . $this->quoted($means['directories']);
            }
            foreach (['allow_url_fopen' => 'urls are opened', 'allow_url_include' => 'urls are included', 'ffi.enable' => 'FFI', 'enable_dl' => 'dl'] as $name => $what) {
                if ($this->chance(30)) {
                    $lines[] = "$name=" . $this->pick(['0', 'off', '"0"', "'no'", '']);
                    $means['off'][] = $what;
                }
            }
            if ($this->chance(30)) {
                $lines[] = 'user_agent=' . $this->quoted($this->pick(['a;b', 'memory_limit=-1', '[PATH=/]', '${HOME}', 'x']));
            }
            $this->chance(20) && $lines[] = 'opcache.max_accelerated_files=4000';
            $set['ffi_zts.ini'] = implode($this->pick([';', '; ', ' ;;', ';']), $this->random->shuffleArray($lines));
        }
        if ($this->chance(15)) {
            $set['ffi_zts.ini_file'] = $this->iniFile();
        }
        if ($this->chance(20)) {
            $set['ffi_zts.prepend'] = "$this->at/lib/set.php";
            $means['prepend'] = true;
        }
        if ($this->chance(15)) {
            $set['ffi_zts.bootstrap'] = "$this->at/lib/boot.php";
            $means['fixed'][] = 'bootstrap';
        }
        foreach (self::NUMBERS as $name) {
            if ($this->chance(12)) {
                $set["ffi_zts.$name"] = (string) ($means['numbers'][$name] = $name === 'max_nesting' ? $this->between(200, 900) : $this->between(1, 3));
            }
        }
        if ($this->chance(5)) {
            $set['ffi_zts.sapi_name'] = $this->pick(['cli', 'own']);
            $means['sapi'] = true;
        }
        if ($this->chance(6)) {
            $set['ffi_zts.extensions'] = 'opcache';
            $set['ffi_zts.ini'] = ltrim(($set['ffi_zts.ini'] ?? '') . ';opcache.enable=1;opcache.enable_cli=1', ';');
        }
        return ['set' => $set] + $means;
    }

    private function step(array $case): array
    {
        $step = ['before' => $this->ops($case, 40), 'after' => $this->ops($case, 20), 'on' => $this->chance(10), 'limit' => $case['allowed'] ? 0 : $case['admin']['memory'], 'boots' => [], 'jobs' => []];
        $boots = $this->between(1, 3);
        for ($boot = 0; $boot < $boots; $boot++) {
            $options = $this->options($case);
            $with = [];
            while ($this->chance(12)) {
                $with[] = $this->with($case);
            }
            $step['boots'][] = [$options, $with];
        }
        $step['boots'][] = [[], []];
        $jobs = $this->between(1, 2);
        for ($job = 0; $job < $jobs; $job++) {
            $step['jobs'][] = $this->job($case);
        }
        return $step;
    }

    private function job(array $case): array
    {
        $plan = $this->plan($case);
        $plan['ops'] = $this->ops($case, 35, false);
        if ($this->chance(25)) {
            if ($this->chance(50)) {
                $plan['ops'][] = $this->pick([['ini', 'memory_limit', '8M'], ['ini', 'open_basedir', $this->selection($case)], ['ini', 'open_basedir', "$this->at/lib"]]);
            }
            // Of the same files, so that both can be compared.
            $plan['nested'] = ['kind' => $this->pick(['task', 'thread', 'pool']), 'plan' => ['ops' => []] + $plan,
                'boot' => $this->chance(15) ? [$this->options($case)] : [], 'limit' => 0];
        }
        $kinds = ['task', 'task', 'thread', 'pool'];
        // A script's file must be within.
        if (!isset($case['host']['open_basedir']) || str_contains($case['host']['open_basedir'], "$this->at/lib") || $this->chance(5)) {
            array_push($kinds, 'script', 'script', 'future script');
        }
        return ['kind' => $this->pick($kinds), 'before' => $this->ops($case, 15), 'plan' => $plan,
            'script' => "$this->at/lib/script.php"];
    }

    private function plan(array $case): array
    {
        $functions = array_map(static fn (string $name) => [$name, self::FUNCTIONS[$name]], array_keys(self::FUNCTIONS));
        $classes = array_map(static fn (string $name) => [$name, ...self::CLASSES[$name]], array_keys(self::CLASSES));
        $at = $this->at;
        $paths = ["$at/a/canary.php", "$at/b/canary.php", "$at/ab/canary.php", "$at/a/sub/canary.php", "$at/canary.php", "$at/a/link/canary.php", "$at/a/../b/canary.php", "$at/lib/../a/canary.php", "$at/a/file.php"];
        return ['ops' => [], 'read' => $this->some($paths, 2, 4), 'others' => self::OTHERS, 'functions' => $functions, 'classes' => $classes];
    }

    /** What a script does before: it sets, restores, and changes its environment. */
    private function ops(array $case, int $percent, bool $host = true): array
    {
        $ops = [];
        while ($this->chance($percent) && count($ops) < 4) {
            $ops[] = match ($this->between(0, 9)) {
                0 => ['ini', 'open_basedir', $this->chance(50) ? $this->selection($case) : $this->pick(['', '/', "$this->at/b", '.', ':', $this->at])],
                // A host of its own could not go on below what it uses.
                1, 2 => ['ini', 'memory_limit', $this->pick($host ? ['10M', '16M', '20M', '-1', '64M', '0xC00000', '1G'] : ['10M', '16M', '-1', '1G', '0', '1M', '64MB'])],
                3 => ['ini', $this->pick(['allow_url_fopen', 'allow_url_include', 'enable_dl', 'ffi.enable', 'disable_functions', 'disable_classes']), $this->pick(['0', '1', '', 'preload'])],
                // (open_basedir that nobody has set crashes PHP 8.2 when it is restored)
                4 => ['restore', $this->pick([($case['host']['open_basedir'] ?? '') === '' ? 'precision' : 'open_basedir', 'memory_limit', 'allow_url_fopen', 'disable_functions']), null],
                5, 6 => ['env', ...$this->pick([['TMPDIR', "$this->at/evil"], ['USE_ZEND_ALLOC', '0'], ['PHP_INI_SCAN_DIR', "$this->at/scan"], ['PHPRC', "$this->at/scan"], ['HOME', "$this->at/evil"],
                    ['GCONV_PATH', "$this->at/evil"], ['LD_LIBRARY_PATH', "$this->at/evil"], ["TMPDIR=$this->at/evil\nX=1", null], ['TMPDIR', null], ['MALLOC_ARENA_MAX', '1']])],
                7 => ['chdir', $this->pick(["$this->at/a", "$this->at/b", $this->at, "$this->at/lib", '/']), null],
                8 => ['path', $this->pick(["$this->at/b", '.', '/']), null],
                9 => ['ini', $this->pick(self::FREE), $this->text()],
            };
        }
        return $ops;
    }

    /**
     * Options of boot(), in one of four moods: what is allowed, texts that try to leave their line, what loosens the host's restrictions, and what
     * undoes the administrator's settings within the host's. One thing that is refused refuses all, so of those there is mostly one.
     */
    private function options(array $case): array
    {
        $mood = $this->pick(['good', 'good', 'odd', 'odd', 'odd', 'evil', 'evil', 'undo']);
        $loosens = in_array($mood, ['evil', 'undo'], true);
        $alone = $loosens && $this->chance(75);
        $options = $ini = [];
        $entries = $alone ? 1 : $this->between(0, 4);
        for ($n = 0; $n < $entries; $n++) {
            [$key, $value] = $this->entry($case, $mood);
            $ini[$key] = $value;
        }
        $ini && $options['ini'] = $ini;
        if ($mood === 'undo' && $this->chance(60)) {
            return $this->undone($case);
        }
        if ($alone) {
            return $options;
        }
        foreach (self::NUMBERS as $name) {
            if ($this->chance(8)) {
                $most = $case['admin']['numbers'][$name] ?? null;
                $good = $name === 'max_nesting' ? $this->between(128, $most ?? 2000) : $this->between(1, $most ?? 3);
                $options[$name] = $mood === 'evil' && $this->chance(60) ? $this->pick([-1, 0, 1 << 40, 5, 1024, 1.5, '2', NAN, PHP_INT_MAX]) : (str_ends_with($name, 'timeout') ? (float) $good : $good);
            }
        }
        $this->chance(10) && $options['prepend'] = $this->some(["$this->at/lib/given.php", $mood === 'good' ? "$this->at/lib/given.php" : "$this->at/b/canary.php"], 0, 2);
        $this->chance(8) && $options['bootstrap'] = in_array('bootstrap', $case['admin']['fixed'], true) && $mood !== 'evil' ? "$this->at/lib/boot.php" : $this->pick(["$this->at/lib/given.php", $mood === 'good' ? "$this->at/lib/given.php" : "$this->at/b/canary.php"]);
        $this->chance(6) && $options['autoload'] = $this->chance(50);
        $this->chance(4) && $options['output'] = $this->pick(['host', 'stdout']);
        $this->chance(6) && $options['sapi_name'] = $this->pick($mood === 'good' ? ['own', 'my-app', 'fpm-fcgi'] : ['cli', 'own', 'cgi-fcgi', 'phpdbg', 'embed', 'cli-server', "cli\0", 'CLI']);
        $this->chance(3) && $options['scope'] = $this->pick(['one', "a\0b", "x\n[PATH=/]"]);
        if ($case['allowed'] || $mood === 'evil') {
            $this->chance(30) && $options['ini_file'] = $this->iniFile();
            $this->chance(5) && $options[$this->pick(['libdir', 'runtime', 'extension_dir'])] = "$this->at/evil";
            $this->chance(5) && $options['extensions'] = [$this->pick(['opcache', "$this->at/evil/x.so", "x;y\nopen_basedir="])];
        }
        $mood === 'evil' && $this->chance(5) && $options[$this->pick(["ini\nopen_basedir", 'Ini', 'max_threads', 'ini[open_basedir]', 'allow_runtime_options'])] = $this->text();
        return $options;
    }

    /** @return array{string, mixed} */
    private function entry(array $case, string $mood): array
    {
        $bytes = ini_parse_quantity($case['host']['memory_limit']);
        $most = $case['admin']['memory'] ?: ($bytes > 0 ? $bytes : 64 << 20);
        $good = fn () => match ($this->between(0, 6)) {
            0 => ['memory_limit', $this->size(max(8, ($most >> 20) - $this->between(0, 3)))],
            1 => ['open_basedir', $this->selection($case)],
            2 => ['disable_functions', $this->names(array_keys(self::FUNCTIONS), 1, 3)],
            3 => [$this->pick(['allow_url_fopen', 'allow_url_include', 'enable_dl', 'ffi.enable']), $this->pick([false, '0', 'off', 0, '', null])],
            4 => ['user_agent', $this->pick(['x', 'a b', "it's"])],
            5 => [$this->pick(['realpath_cache_size', 'opcache.memory_consumption', 'zend.assertions']), $this->pick(['0', '16', '-1'])],
            6 => PHP_VERSION_ID < 80500 ? ['disable_classes', $this->names(array_keys(self::CLASSES), 1, 2)] : ['precision', 5],
        };
        if ($mood === 'good') {
            return $good();
        }
        if ($mood === 'odd') {
            return $this->chance(25) ? $good() : [$this->pick(self::FREE), $this->text()];
        }
        if ($mood === 'undo') {
            // What the host allows.
            return match ($this->between(0, 3)) {
                0, 1 => ['memory_limit', $this->size(max(8, ($bytes > 0 ? $bytes >> 20 : 64) - $this->between(0, 2)))],
                2 => ['open_basedir', $case['host']['open_basedir'] ?? "$this->at/a:$this->at/b:$this->at/lib"],
                3 => [$this->pick(['allow_url_fopen', 'allow_url_include', 'ffi.enable']), $this->pick(['1', 'On', true])],
            };
        }
        return match ($this->between(0, 10)) {
            9 => ['open_basedir', $this->evilDirectories($case)],
            10 => [$this->pick(['allow_url_fopen', 'allow_url_include']), $this->pick(['on', 'Yes', 'TRUE', '1', 2])],
            0, 1 => ['memory_limit', $this->pick(['-1', '0', '1M', '64MB', '1G', '99999999999999999999', '-2', '0x-1', '1e9', '', 'on', ' -1', '+-1', '17179869184G', -1, 1.5, true, null, "16M\nmemory_limit=-1", '64M;', "12M\0", '0x', '0b', '12 M 1', "\u{a0}12M"])],
            2 => ['open_basedir', $this->pick(['', '/', '.', ':', ' ', "$this->at/a:/", "$this->at/a/../b", "$this->at/a/link", "$this->at/a/sub", "$this->at/a\nopen_basedir=/", "$this->at/a\0", "$this->at/a'", null, "$this->at/b", $this->at, '${HOME}'])],
            3 => ['disable_functions', $this->pick(['', ' ', ',', ' , ', "\t", null, false, "strrev\ndisable_functions=", 'STRREV', 'x'])],
            4 => ['disable_classes', $this->pick(['', ' ', ',', null, 'x', 'ARRAYOBJECT'])],
            5 => [$this->pick(['allow_url_fopen', 'allow_url_include', 'enable_dl', 'ffi.enable']), $this->pick([true, '1', 'on', ' yes', '2', '-1', 'preload', 'true', '1x', "0\n1", "\v1", '0x1', '+1', '01', '.1', "0\0 1"])],
            6 => [$this->pick(self::GUARDED), $this->text()],
            7 => [$this->pick(['auto_prepend_file', 'auto_append_file']), $this->pick(["$this->at/b/canary.php", "$this->at/canary.php", 'data:text/plain,x', "$this->at/lib/given.php", "php://filter/resource=$this->at/b/canary.php"])],
            8 => [$this->pick(self::FREE), $this->text()],
        };
    }

    /** What the administrator has set, otherwise. */
    private function undone(array $case): array
    {
        $options = [];
        foreach ($case['admin']['numbers'] as $name => $most) {
            $this->chance(50) && $options[$name] = str_ends_with($name, 'timeout') ? $most + 0.5 : $most + 1;
        }
        in_array('bootstrap', $case['admin']['fixed'], true) && $this->chance(50) && $options['bootstrap'] = "$this->at/lib/given.php";
        return $options ?: ['ini' => ['disable_functions' => ''], 'prepend' => []];
    }

    /** Directories that look like the host's, or lie below them. */
    private function evilDirectories(array $case): string
    {
        $all = explode(':', $case['host']['open_basedir'] ?? "$this->at/a");
        $one = rtrim($this->pick($all), '/');
        return implode(':', $this->random->shuffleArray([...$this->some($all, 0, 2), $this->pick(["$one/link", "$this->at/a/link", "$one/sub", "$one/..", "{$one}b", "$one/../b", "$one//", '/', ''])]));
    }

    private function with(array $case): array
    {
        [$key, $value] = $this->entry($case, $this->pick(['good', 'odd', 'evil', 'undo']));
        return match ($this->between(0, 5)) {
            0 => ['withPrepend', ["$this->at/lib/given.php"]],
            1 => ['withBootstrap', ["$this->at/lib/given.php"]],
            2 => $this->chance(30) ? ['withIniFile', [$this->iniFile()]] : ['withPrepend', []],
            default => ['withIniEntry', [$key, $value]],
        };
    }

    /** `ffi-zts run` with lines of its own. */
    private function command(array $case): array
    {
        $spec = ['mode' => 'code', 'no_ini' => true, 'options' => $this->chance(50) ? [] : $this->options($case)];
        $this->chance(85) && $spec['ini_text'] = $this->lines();
        $this->chance(15) && $spec['ini_path'] = $this->iniFile();
        return ['plan' => $this->plan($case), 'spec' => $spec];
    }

    /** A value that a careless writer of php.ini lines would let out of its line. */
    private function text(): string
    {
        $parts = ["'", '"', "\n", "\r", "\r\n", "\0", ';', '#', '=', '\\', '${open_basedir}', '${', '}', '$', '[PATH=/]', '[HOST=x]', '[', ']', '[PHP]', "open_basedir=\n", "\nopen_basedir=\n",
            "\nmemory_limit=-1\n", "memory_limit=-1", "\ndisable_functions=\n", "\nallow_url_fopen=1", "\nallow_url_include=1\n", "\nffi.enable=1\n", "\nextension=x\n", "\n[PATH=/]\n", "\n[HOST=x]\nx=1", 'E_ALL', 'PHP_VERSION',
            'null', 'on', '|', '&', '^', '~', '!', '(', ')', ' ', "\t", "\u{2028}", "\xff", 'x', '%s', "'\"'\"'", "\\'", '\\"', "\\\n"];
        $text = '';
        for ($n = $this->between(1, 6); $n > 0; $n--) {
            $text .= $this->pick($parts);
        }
        // Bytes that no setting can have refuse the whole boot: mostly without.
        return $this->chance(92) ? strtr($text, ["\0" => '', "\xff" => '']) : $text;
    }

    /** php.ini text that loosens, and ends in a way that could swallow what follows. */
    private function lines(): string
    {
        $lines = ["open_basedir=\n", "open_basedir=/\n", "disable_functions=\n", "disable_classes=\n", "memory_limit=-1\n", "memory_limit=1G\n", "allow_url_fopen=1\n", "allow_url_include=1\n", "ffi.enable=1\n", "enable_dl=1\n",
            "[PATH=$this->at]\n", "[HOST=localhost]\n", "[PHP]\n", "; x\n", "x=y\n", "a[]=1\n", "x=\"y\nz\"\n", 'x="', "x='", 'x=${', "[PATH=/\n", '[', "x=y;\n", "x=!(\n", "x=(1|\n", "x=y\\\n", "user_agent='x\n", "auto_prepend_file=$this->at/b/canary.php\n", "zend.assertions=-1\n"];
        $text = '';
        for ($n = $this->between(1, 5); $n > 0; $n--) {
            $text .= $this->pick($lines);
        }
        return $text;
    }

    private function iniFile(): string
    {
        $text = $this->lines();
        $file = "$this->at/ini/" . hash('crc32b', $text) . '.ini';
        is_file($file) || file_put_contents($file, $text);
        return $file;
    }

    private function directories(bool $web): string
    {
        $at = $this->at;
        if (!$web && $this->chance(8)) {
            return $this->pick([' ', ':', '::', ' : ', '.', "$at/missing"]);
        }
        $all = $this->some(["$at/a", "$at/a/", "$at/ab", "$at/a/sub", '.', "$at/missing", "$at/a/link", "$at/a/file.php", ''], 1, 3);
        if ($web || $this->chance(80)) {
            $all[] = "$at/lib";
        }
        return implode(':', $this->random->shuffleArray($all));
    }

    /** Some of the host's directories, or some that a host without a restriction may be confined to. */
    private function selection(array $case): string
    {
        $set = $case['admin']['directories'] ?? $case['host']['open_basedir'] ?? null;
        $all = $set === null ? ["$this->at/a", "$this->at/b", "$this->at/lib"] : explode(':', $set);
        $some = $this->some($all, 1, 3);
        if ($this->chance(80) && in_array("$this->at/lib", $all, true) && !in_array("$this->at/lib", $some, true)) {
            $some[] = "$this->at/lib";
        }
        return implode(':', $some);
    }

    /** @param list<string> $of */
    private function names(array $of, int $least, int $most): string
    {
        $names = $this->some($of, $least, $most);
        foreach ($names as $name) {
            $this->chance(12) && $names[] = strtoupper($name);
        }
        return implode($this->pick([',', ' ', ', ', ',,', ' ,']), $this->random->shuffleArray($names));
    }

    private function size(int $megabytes): string
    {
        $bytes = $megabytes << 20;
        return match ($this->between(0, 9)) {
            0 => (string) $bytes,
            1 => sprintf('0x%X', $bytes),
            2 => sprintf('0%o', $bytes),
            3 => ($megabytes << 10) . 'k',
            4 => "$megabytes M",
            5 => sprintf('0b%b', $bytes),
            6 => sprintf('0x%xM', $megabytes),
            7 => "+$megabytes" . 'm',
            default => $megabytes . 'M',
        };
    }

    /** For `ffi_zts.ini`, whose own quotes these are. */
    private function quoted(string $value): string
    {
        return match (true) {
            strpbrk($value, ";'") !== false => "\"$value\"",
            $this->chance(50) => "'$value'",
            default => $value,
        };
    }

    private function chance(int $percent): bool
    {
        return $this->random->getInt(1, 100) <= $percent;
    }

    private function between(int $least, int $most): int
    {
        return $this->random->getInt($least, $most);
    }

    private function pick(array $all): mixed
    {
        return array_values($all)[$this->random->getInt(0, count($all) - 1)];
    }

    /** @return list<mixed> */
    private function some(array $all, int $least, int $most): array
    {
        $count = min(count($all), $this->between($least, $most));
        return array_slice($this->random->shuffleArray(array_values($all)), 0, $count);
    }
}
