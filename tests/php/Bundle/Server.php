<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

/** The server of server.php, as a process. */
final class Server
{
    /** @var resource */
    private $process;

    /** Host and port. */
    public readonly string $host;

    public function __construct(string $directory, private readonly string $log)
    {
        touch($log);
        $command = [PHP_BINARY, '-n', __DIR__ . '/server.php', $directory, $log];
        $this->process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes) ?: throw new \RuntimeException('no server');
        $this->host = '127.0.0.1:' . trim((string) fgets($pipes[1]));
    }

    public function url(string $mode): string
    {
        return "http://{$this->host}/$mode";
    }

    /** @return list<string> path, range and login of each request */
    public function requests(): array
    {
        return file($this->log, FILE_IGNORE_NEW_LINES) ?: [];
    }

    public function stop(): void
    {
        proc_terminate($this->process, 9);
        proc_close($this->process);
    }
}
