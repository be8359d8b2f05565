<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** The table of docs/values.md: values of each row are sent to a worker and back. */
final class ValuesTest extends TestCase
{
    use TemporaryDirectory;

    /** @var ?array<string, list<string>> what was wrong, by row */
    private static ?array $found = null;

    /** @dataProvider rows */
    public function testRow(string $row): void
    {
        self::assertSame([], $this->found()[$row] ?? ['values/send.php sends nothing of this row']);
    }

    public function testNothingIsSentThatTheTableDoesNotName(): void
    {
        self::assertSame(array_column(iterator_to_array(self::rows()), 0), array_keys($this->found()));
    }

    /** @return iterable<string, array{string}> */
    public static function rows(): iterable
    {
        $page = (string) file_get_contents(Process::root() . '/docs/values.md');
        preg_match_all('~^\| (.+?) \| .* \|(?: .+? \|| \|)$~m', $page, $rows);
        foreach ($rows[1] as $row) {
            if ($row !== 'value' && $row !== '---') {
                $row = str_replace('`', '', $row);
                yield $row => [$row];
            }
        }
    }

    /** @return array<string, list<string>> */
    private function found(): array
    {
        if (!is_file(Process::extension())) {
            self::markTestSkipped(Process::extension() . ' has not been built');
        }
        if (self::$found === null) {
            $settings = ['-d', 'extension=' . Process::extension()];
            // Objects of these are refused; a PHP without them has no such objects.
            foreach (['pdo', 'pdo_sqlite', 'curl'] as $name) {
                if (is_file(ini_get('extension_dir') . "/$name.so")) {
                    array_push($settings, '-d', "extension=$name");
                }
            }
            $run = Process::run([PHP_BINARY, '-n', ...$settings, __DIR__ . '/values/send.php'], '', ['TMPDIR' => $this->directory()]);
            self::assertSame([0, ''], [$run->status, $run->errors], $run->output);
            self::$found = json_decode($run->output, true, flags: JSON_THROW_ON_ERROR);
        }
        return self::$found;
    }
}
