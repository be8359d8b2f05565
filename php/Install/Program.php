<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** Programs of the system, by name. */
final class Program
{
    /** Where an administrator's programs are; a user's PATH may lack it. */
    private const ALSO = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

    /** The first that is found in PATH, then in the directories given, then where an administrator's are. */
    public static function find(string $name, string ...$directories): ?string
    {
        foreach ([...explode(PATH_SEPARATOR, (string) getenv('PATH')), ...$directories, ...self::ALSO] as $directory) {
            $file = "$directory/$name";
            if ($directory !== '' && is_file($file) && is_executable($file)) {
                return $file;
            }
        }
        return null;
    }

    /**
     * Runs a command to its end, with nothing to read.
     *
     * @param list<string>           $command
     * @param array<string, ?string> $environment added to our own; null removes a variable
     *
     * @return array{status: int, output: string} standard output and error together, as they came; -1 where it cannot be started
     */
    public static function run(array $command, array $environment = []): array
    {
        $null = fopen('/dev/null', 'r');
        $variables = array_filter($environment + getenv(), is_string(...));
        $process = function_exists('proc_open') ? @proc_open($command, [$null, ['pipe', 'w'], ['redirect', 1]], $pipes, null, $variables) : false;
        if ($process === false) {
            return ['status' => -1, 'output' => ''];
        }
        $output = (string) stream_get_contents($pipes[1]);
        return ['status' => proc_close($process), 'output' => $output];
    }
}
