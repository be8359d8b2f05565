<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** Reads and writes, or says what it could not. */
final class Files
{
    public static function read(string $path): string
    {
        $text = is_file($path) ? @file_get_contents($path) : false;
        return $text !== false ? $text : throw new Failure("cannot read $path");
    }

    /** Writes a file, and the directories above it. */
    public static function write(string $path, string $text): void
    {
        $directory = dirname($path);
        if (!is_dir($directory) && !@mkdir($directory, 0o755, true)) {
            throw new Failure("cannot make the directory $directory");
        }
        if (@file_put_contents($path, $text) !== strlen($text)) {
            throw new Failure("cannot write $path");
        }
    }

    /** @return array<mixed> */
    public static function readJson(string $path): array
    {
        return self::decode(self::read($path), $path);
    }

    /** @return array<mixed> */
    public static function decode(string $text, string $name): array
    {
        $value = json_decode($text, true, 64);
        return is_array($value) ? $value : throw new Failure("$name is not the JSON that it has to be: " . json_last_error_msg());
    }

    /** @param array<mixed>|\stdClass $value */
    public static function writeJson(string $path, array|\stdClass $value): void
    {
        $flags = JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR;
        self::write($path, json_encode($value, $flags) . "\n");
    }

    public static function sha256(string $path): string
    {
        $hash = is_file($path) ? @hash_file('sha256', $path) : false;
        return $hash !== false ? $hash : throw new Failure("cannot read $path");
    }

    /**
     * All files below a directory, by path, in the order of their bytes.
     *
     * @return list<string>
     */
    public static function below(string $directory): array
    {
        $paths = [];
        $flags = \FilesystemIterator::SKIP_DOTS | \FilesystemIterator::KEY_AS_PATHNAME;
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($directory, $flags)) as $path => $file) {
            if ($file->isLink() || !$file->isFile()) {
                throw new Failure("$path is not a plain file");
            }
            $paths[] = substr($path, strlen($directory) + 1);
        }
        sort($paths, SORT_STRING);
        return $paths;
    }

    /**
     * What a command prints.
     *
     * @param non-empty-list<string> $command
     */
    public static function output(array $command): string
    {
        $streams = [0 => ['file', '/dev/null', 'r'], 1 => ['pipe', 'w'], 2 => STDERR];
        $process = proc_open($command, $streams, $pipes, null, ['LC_ALL' => 'C'] + getenv());
        if ($process === false) {
            throw new Failure("cannot run $command[0]");
        }
        $text = (string) stream_get_contents($pipes[1]);
        fclose($pipes[1]);
        $status = proc_close($process);
        return $status === 0 ? $text : throw new Failure("$command[0] failed with status $status: " . implode(' ', $command));
    }
}
