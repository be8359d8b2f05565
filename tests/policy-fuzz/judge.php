<?php

declare(strict_types=1);

/** Compares what a guest let through with what its host did at that moment, and with what the administrator has set. */
final class Judge
{
    /** @var list<string> what was let through */
    public array $loose = [];
    /** @var array<string, int> */
    public array $count = ['processes' => 0, 'boots' => 0, 'accepted' => 0, 'policy' => 0, 'error' => 0, 'jobs' => 0, 'failed jobs' => 0, 'memory' => 0, 'nested' => 0, 'tries' => 0, 'refused there' => 0];
    /** A task of the step has set the limit of its own request. */
    private bool $raised = false;
    /** @var array<string, int> why jobs failed, by the beginning of the text */
    public array $reasons = [];

    public function __construct(private readonly string $root)
    {
    }

    /** @param array<string, mixed> $case @param array<string, mixed> $step @param array<string, mixed> $answer */
    public function step(array $case, array $step, array $answer): void
    {
        foreach ($answer['boots'] as $at => $said) {
            if (isset($step['run']) || $step['boots'][$at][0] !== [] || $step['boots'][$at][1] !== []) {
                $this->count['boots']++;
                $this->count[match (true) {
                    $said === '' => 'accepted',
                    str_starts_with($said, 'FfiZts\\PolicyException') => 'policy',
                    default => 'error',
                }]++;
            }
        }
        $this->raised = false;
        $options = isset($answer['taken']) ? $step['boots'][$answer['taken']] : [[], []];
        $trusted = !$answer['confined'] || $case['allowed'];
        $trusted || $this->options($case, $options[0]);
        foreach ($answer['jobs'] as $at => $said) {
            $this->job($case, $step['jobs'][$at], $said, $options, $trusted, !$answer['confined']);
        }
        if (isset($answer['run']) && isset($answer['ran'])) {
            $this->count['jobs']++;
            // A command line that nothing confines may be told anything.
            $answer['run']['confined'] && $this->compare($case, 'command', $answer['ran'], $answer['run']['host']['found'], [], true);
            $limit = $answer['run']['limit'];
            $given = ini_parse_quantity($answer['ran']['memory_limit']);
            if ($answer['run']['confined'] && $limit > 0 && ($given > $limit || $given < 0)) {
                $this->loose[] = "command: memory_limit is {$answer['ran']['memory_limit']}, the host's $limit";
            }
        }
        if (!$trusted && isset($answer['info'])) {
            $this->numbers($case, $answer['info']);
        }
    }

    /** What an accepted option must not be. */
    private function options(array $case, array $options): void
    {
        foreach ($case['admin']['numbers'] as $name => $most) {
            if (isset($options[$name]) && $options[$name] > $most) {
                $this->loose[] = "$name = {$options[$name]} was accepted, the administrator's is $most";
            }
        }
        foreach (['library', 'libdir', 'runtime', 'ini_file', 'extensions', 'extension_dir'] as $name) {
            isset($options[$name]) && $this->loose[] = "$name was accepted";
        }
    }

    private function numbers(array $case, array $info): void
    {
        foreach (array_intersect_key($case['admin']['numbers'], $info) as $name => $most) {
            $info[$name] > $most && $this->loose[] = "$name is {$info[$name]}, the administrator's is $most";
        }
        if ($case['web'] && !$case['admin']['sapi'] && preg_match('/^(cli|cgi|embed|phpdbg)/i', $info['sapi_name'] ?? '')) {
            $this->loose[] = "the guest's SAPI is {$info['sapi_name']}";
        }
    }

    private function job(array $case, array $job, array $said, array $options, bool $trusted, bool $free): void
    {
        $kind = $job['kind'];
        // An unconfined command line may loosen these by options; what the guest was booted with stays where it is confined later.
        $loosened = $free ? $this->loosened($case, $options) : [];
        $admin = $trusted ? [] : $case['admin'];
        // A script may raise its own limit, as in the host; tasks of a worker are one request.
        foreach ($job['plan']['ops'] as [$what, $name]) {
            $this->raised = $this->raised || $kind === 'task' && $what === 'ini' && $name === 'memory_limit';
        }
        if (isset($said['guest'])) {
            $this->count['jobs']++;
            $this->compare($case, $kind, $said['guest'], $said['host']['found'], $loosened, false, $admin);
            if ($admin && $admin['prepend'] && !in_array('set', $said['guest']['ran'], true)) {
                $this->loose[] = "$kind: the administrator's file to prepend has not run";
            }
            if ($admin && in_array('bootstrap', $admin['fixed'], true) && $kind === 'task' && !in_array('boot', $said['guest']['ran'], true)) {
                $this->loose[] = "$kind: the administrator's bootstrap file has not run";
            }
            $memory = !in_array('memory_limit', $loosened, true) && !($this->raised && ($job['plan']['nested']['kind'] ?? '') === 'task');
            $this->nested($case, "nested in $kind", $said, $loosened, $admin, $memory);
        } elseif (isset($said['guest error'])) {
            $this->failed($said['guest error']);
        }
        $fixed = !in_array('memory_limit', $loosened, true) && !($this->raised && $kind === 'task');
        if (isset($said['memory']) && $fixed && $said['memory'] !== 'too small to try') {
            $this->loose[] = "$kind: {$said['memory']} could be allocated, the limit is {$said['limit']} bytes";
        }
        if (isset($said['memory error'])) {
            str_contains($said['memory error'], 'Allowed memory size') ? $this->count['memory']++ : $this->failed($said['memory error']);
        }
    }

    private function nested(array $case, string $kind, array $said, array $loosened, array $admin, bool $memory): void
    {
        $outer = $said['guest'];
        if (isset($outer['nested'])) {
            $this->count['nested']++;
            $host = $said['host']['found'];
            $this->compare($case, $kind, $outer['nested'], $host, $loosened, false, $admin);
            // What the job has tightened for itself holds there, too.
            $this->compare($case, "$kind (against the job)", $outer['nested'], $outer['found'], [], false);
            if ($memory && !in_array($outer['nested memory'] ?? 'no limit', ['no limit', 'too small to try'], true)) {
                $this->loose[] = "$kind: {$outer['nested memory']} could be allocated";
            }
        } elseif (isset($outer['nested error'])) {
            $this->failed('nested: ' . $outer['nested error']);
        }
    }

    /** @return list<string> settings */
    private function loosened(array $case, array $options): array
    {
        [$given, $with] = $options;
        $all = array_map(strval(...), array_keys(is_array($given['ini'] ?? null) ? $given['ini'] : []));
        foreach ($with as [$method, $arguments]) {
            $method === 'withIniEntry' && $all[] = (string) $arguments[0];
            $method === 'withIniFile' && $given['ini_file'] = '';
        }
        // A php.ini for the guest decides there, too, also where it says nothing.
        return isset($given['ini_file']) || isset($case['admin']['set']['ffi_zts.ini_file']) ? ['memory_limit', 'allow_url_fopen', 'allow_url_include', 'ffi.enable', 'enable_dl'] : $all;
    }

    /**
     * @param array<string, mixed> $guest what a job answered
     * @param array<string, bool>  $host  what was let through there
     * @param list<string>         $loosened settings that options may loosen here, and have
     */
    private function compare(array $case, string $kind, array $guest, array $host, array $loosened, bool $command, array $admin = []): void
    {
        $settings = ['urls are opened' => ['allow_url_fopen'], 'urls are included' => ['allow_url_fopen', 'allow_url_include'], 'FFI' => ['ffi.enable'],
            'FFI without a text' => ['ffi.enable'], 'dl' => ['enable_dl']];
        $listed = $this->listed($case['host']['disable_functions'] ?? '', false) + $this->listed($admin['functions'] ?? '', false);
        $classes = $this->listed($case['host']['disable_classes'] ?? '', true) + $this->listed($admin['classes'] ?? '', true);
        foreach ($guest['found'] as $what => $works) {
            $this->count['tries']++;
            if (!$works) {
                $this->count['refused there']++;
                continue;
            }
            [$verb, $name] = explode(' ', "$what ");
            $why = match ($verb) {
                'read' => !($host[$what] ?? true) ? 'the host does not' : ($this->isWithin($name, $admin['directories'] ?? null) ? '' : 'the administrator has other directories'),
                'call' => isset($listed[$name]) ? 'it is disabled' : '',
                'new' => isset($classes[strtolower($name)]) ? 'it is disabled' : '',
                default => $this->other($case, $what, $guest, $host, $command) ?: (in_array(strtr($what, ['FFI without a text' => 'FFI']), $admin['off'] ?? [], true) ? 'the administrator does not' : ''),
            };
            if ($why !== '' && !array_intersect($settings[$what] ?? [], $loosened)) {
                $this->loose[] = "$kind: $what: $why";
            }
        }
        foreach ($guest['ran'] as $ran) {
            $path = "$this->root/$ran/canary.php";
            if (($host["read $path include"] ?? true) === false) {
                $this->loose[] = "$kind: $path has run before the job";
            }
        }
        if ($guest['temporary'] === "$this->root/evil") {
            $this->loose[] = "$kind: native code reads a script's environment";
        }
    }

    private function other(array $case, string $what, array $guest, array $host, bool $command): string
    {
        if ($what === 'descriptors') {
            // Who may choose the name of the SAPI chooses this.
            return !$host[$what] && !$case['allowed'] && !$case['admin']['sapi'] && !$command ? 'the host does not' : '';
        }
        return ($host[$what] ?? true) ? '' : 'the host does not';
    }

    /** @return array<string, true> the names of a list, as PHP takes them apart */
    private function listed(string $text, bool $anyCase): array
    {
        $names = array_filter(explode(' ', strtr($anyCase ? strtolower($text) : $text, ',', ' ')), strlen(...));
        return array_fill_keys($names, true);
    }

    private function isWithin(string $path, ?string $directories): bool
    {
        if ($directories === null) {
            return true;
        }
        $real = (string) realpath($path);
        foreach (explode(':', $directories) as $directory) {
            // What depends on a directory of the moment is not looked at.
            $base = (string) realpath($directory);
            if ($directory !== '' && ($directory[0] === '.' || $base !== '' && ($real === $base || str_starts_with("$real/", rtrim($base, '/') . '/')))) {
                return true;
            }
        }
        return false;
    }

    private function failed(string $why): void
    {
        $this->count['failed jobs']++;
        $key = substr((string) preg_replace(['~/[^\s:"]+~', '/\d+/'], ['PATH', 'N'], $why), 0, 110);
        $this->reasons[$key] = ($this->reasons[$key] ?? 0) + 1;
    }
}
