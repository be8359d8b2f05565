<?php

// Runs scripts in a guest, ours or the peer's, behind one interface; and reports what was measured. Included by the others.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

const SCRIPTS = __DIR__ . '/../scripts';

interface Engine
{
    /** Until jobs are taken. */
    public function boot(): void;

    /** One script, to its end. */
    public function run(string $file): void;
}

final class Ours implements Engine
{
    private \FfiZts\Vm $vm;
    private ?\FfiZts\Future $first = null;

    /** @param array<string, mixed> $options */
    public function __construct(private readonly array $options = [])
    {
    }

    public function boot(): void
    {
        // The guest starts with the first job; what starts a job returns when the guest is up.
        $this->vm = \FfiZts::boot($this->options);
        $this->first = $this->vm->startScript(SCRIPTS . '/empty.php');
    }

    public function run(string $file): void
    {
        if ($this->first !== null) {
            $this->first->await();
            $this->first = null;
        }
        $this->vm->runScript($file);
    }
}

final class Peer implements Engine
{
    private readonly object $embed;

    public function __construct(string $directory, string $libphp)
    {
        spl_autoload_register(static function (string $class) use ($directory): void {
            $file = $directory . '/src/' . strtr(substr($class, strlen('SjI\\FfiZts\\')), '\\', '/') . '.php';
            if (str_starts_with($class, 'SjI\\FfiZts\\') && is_file($file)) {
                require $file;
            }
        });
        // Loaded before the clock starts, as opcache would have them.
        array_map(class_exists(...), ['SjI\FfiZts\Config', 'SjI\FfiZts\Platform', 'SjI\FfiZts\IniBuilder', 'SjI\FfiZts\Exception\EmbedException']);
        $this->embed = \SjI\FfiZts\FfiZts::boot($libphp);
    }

    public function boot(): void
    {
        $this->embed->boot();
    }

    public function run(string $file): void
    {
        $this->embed->executeScript($file);
    }
}

/** The engine that the command line names: ours '' '' | peer DIRECTORY LIBPHP. */
function engine(): Engine
{
    [, $name, $directory, $libphp] = $_SERVER['argv'];
    return $name === 'peer' ? new Peer($directory, $libphp) : new Ours();
}

/** Argument $i behind those of the engine. */
function argument(int $i): string
{
    return $_SERVER['argv'][4 + $i];
}

/** Seconds that `$what` takes. */
function seconds(callable $what): float
{
    $start = hrtime(true);
    $what();
    return (hrtime(true) - $start) / 1e9;
}

/** Resident memory of this process in bytes; VmRSS is too coarse, it lags by some pages for each thread. */
function resident(): int
{
    preg_match('/^Rss:\s+(\d+) kB/m', (string) file_get_contents('/proc/self/smaps_rollup'), $found);
    return 1024 * (int) $found[1];
}

/** @param array<string, mixed> $values */
function report(array $values): void
{
    file_put_contents('php://fd/3', json_encode($values, JSON_THROW_ON_ERROR));
}

/** A directory of this process, gone at its end. */
function temporary(): string
{
    $directory = sys_get_temp_dir() . '/ffi_zts-bench-child.' . getmypid();
    mkdir($directory, 0o700);
    register_shutdown_function(static function () use ($directory): void {
        array_map(unlink(...), glob("$directory/*") ?: []);
        rmdir($directory);
    });
    return $directory;
}

/**
 * Occupies `$count` workers until the file `open` appears in the directory.
 *
 * @return list<\FfiZts\Future>
 */
function gates(\FfiZts\Vm $vm, string $directory, int $count): array
{
    array_map(unlink(...), glob("$directory/*") ?: []);
    $gates = [];
    for ($i = 0; $i < $count; $i++) {
        $gates[] = $vm->startScript(SCRIPTS . '/gate.php', [$directory, "arrived-$i"]);
    }
    $deadline = microtime(true) + 10.0;
    while (count(glob("$directory/arrived-*") ?: []) < $count) {
        if (microtime(true) > $deadline) {
            throw new \RuntimeException('the workers did not come up');
        }
        usleep(200);
    }
    return $gates;
}
