<?php

declare(strict_types=1);

/** Closures that Ways sends; of no class, so that they can be called where that is not known. */

return [
    'job' => static function (string $load, array $job): array {
        require_once $load;
        return Job::run($job);
    },
    'item' => static function (array $item): array {
        require_once $item[0];
        return Job::run($item[1]);
    },
    // Opens what a stream has open, by its name.
    'again' => static fn ($stream): string => (string) file_get_contents(stream_get_meta_data($stream)['uri']),
    'read' => static fn (SplFileInfo $file): string => $file->openFile()->fgets(),
    // A job that no stop ends, with a channel.
    'lost' => static function (FfiZts\Channel $channel, FfiZts\Channel $begun): void {
        $begun->send('begun');
        hash_pbkdf2('sha256', '', '', 50_000_000);
        $channel->close();
    },
    'found' => static fn (string $name): mixed => FfiZts\Channel::open($name)->recv(1),
    'told' => static fn (): array => $GLOBALS['outcomes'],
    // On a thread of tests/fixtures/threads.c.
    'extension' => static function (string $load, array $job): array {
        $file = "$job[arena]/in/own/$job[cell]-" . hrtime(true);
        $became = \threads\join(\threads\start('require_once ' . var_export($load, true) . ';
            try { $said = Job::run(' . var_export($job, true) . '); } catch (Throwable $e) { $said = $e->getMessage(); }
            file_put_contents(' . var_export($file, true) . ', serialize($said));'));
        $said = is_file($file) ? unserialize((string) file_get_contents($file)) : "the thread $became";
        return is_array($said) ? $said : throw new RuntimeException($said);
    },
    'parallel' => static function (string $load, array $job): array {
        $future = (new \parallel\Runtime())->run(static function (string $load, array $job): array {
            require_once $load;
            return Job::run($job);
        }, [$load, $job]);
        try {
            $said = $future->value();
        } catch (\parallel\Future\Error\Killed) {
            $said = null;
        }
        return $said ?? throw new RuntimeException('the thread bailed out');
    },
];
