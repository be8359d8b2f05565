<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Scripts\Conformance;
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/../../scripts/conformance.php';

/** @covers \FfiZts\Scripts\Conformance */
final class ConformanceTest extends TestCase
{
    use TemporaryDirectory;

    public function testResultsAreReadWithoutThePathOfTheCopy(): void
    {
        $file = $this->directory() . '/results.txt';
        file_put_contents($file, "PASSED\t/tmp/ffi_zts-conformance-12/src/Zend/tests/a.phpt\nFAILED\tZend/tests/b.phpt\n"
            . "SKIPPED\t# /tmp/ffi_zts-conformance-12/src/ext/x.phpt: y.phpt\n");
        self::assertSame(
            ['Zend/tests/a.phpt' => 'PASSED', 'Zend/tests/b.phpt' => 'FAILED', '# ext/x.phpt: y.phpt' => 'SKIPPED'],
            Conformance::read($file),
        );
        self::assertSame([], Conformance::read('/nowhere'));
    }

    public function testDifferencesIncludeWhatOneSideDidNotRun(): void
    {
        self::assertSame(
            ['a' => ['PASSED', 'FAILED'], 'c' => ['PASSED', 'not run'], 'd' => ['not run', 'PASSED']],
            Conformance::differences(['a' => 'PASSED', 'b' => 'FAILED', 'c' => 'PASSED'], ['a' => 'FAILED', 'b' => 'FAILED', 'd' => 'PASSED']),
        );
    }

    public function testATestThatVariesUnderTheCliMayVaryInTheGuest(): void
    {
        $seen = ['a' => ['PASSED', 'WARNED'], 'b' => ['PASSED', 'PASSED'], 'c' => ['PASSED']];
        self::assertSame(['a' => 'WARNED'], Conformance::agreeing($seen, ['a' => 'WARNED', 'b' => 'WARNED', 'd' => 'PASSED']));
        self::assertSame(['b' => 'PASSED'], Conformance::agreeing($seen, ['a' => 'FAILED', 'b' => 'PASSED']));
    }

    public function testOutcomesOfOtherDirectoriesAreLeftOut(): void
    {
        $outcomes = ['Zend/tests/a.phpt' => 'PASSED', 'Zend/tests2/a.phpt' => 'PASSED', 'tests/a.phpt' => 'FAILED', '# tests/x.phpt: y' => 'PASSED'];
        self::assertSame(['Zend/tests/a.phpt', '# tests/x.phpt: y'], array_keys(Conformance::among($outcomes, ['Zend/tests/', 'tests/x.phpt'])));
    }

    public function testATreeThatIsGone(): void
    {
        $run = Process::run([PHP_BINARY, '-n', Process::root() . '/scripts/conformance.php', '--runtime=' . $this->directory()]);
        self::assertSame(2, $run->status);
        self::assertStringContainsString('give --source=DIR', $run->errors);
    }
}
