<?php

declare(strict_types=1);

namespace FfiZts\Bench;

/** One line of the table. */
final class Figure
{
    /**
     * @param ?float                                $ours    in `unit`; null: it could not be had, `note` says why
     * @param ?float                                $other   the same of `against`
     * @param string                                $against the name of what it is compared with
     * @param ?array{'<='|'>=', float, 'ratio'|'ours'} $target what `ratio` or `ours` must be; null: for information
     * @param ?float                                $ratio   ours to other, unless given
     * @param array<string, list<float>>            $samples all measurements
     */
    public function __construct(
        public readonly string $name,
        public readonly string $unit,
        public readonly ?float $ours,
        public readonly ?float $other = null,
        public readonly string $against = '',
        public readonly ?array $target = null,
        public readonly string $note = '',
        private readonly ?float $ratio = null,
        public readonly array $samples = [],
    ) {
    }

    public function ratio(): ?float
    {
        return $this->ratio ?? ($this->ours !== null && $this->other ? $this->ours / $this->other : null);
    }

    /** Null where there is no target, or nothing to compare with. */
    public function ok(): ?bool
    {
        $value = match ($this->target[2] ?? null) {
            'ratio' => $this->ratio(),
            'ours' => $this->ours,
            null => null,
        };
        if ($value === null) {
            return null;
        }
        return $this->target[0] === '<=' ? $value <= $this->target[1] : $value >= $this->target[1];
    }

    public function targetText(): string
    {
        if ($this->target === null) {
            return '';
        }
        $unit = $this->target[2] === 'ratio' ? '×' : $this->unit;
        return ($this->target[0] === '<=' ? '≤ ' : '≥ ') . $this->target[1] . " $unit";
    }

    public function verdict(): string
    {
        return match (true) {
            $this->ok() === true => 'ok',
            $this->ok() === false => 'MISSED',
            default => '',
        };
    }
}
