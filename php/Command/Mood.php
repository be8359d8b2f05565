<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** What a coloured text tells. */
enum Mood: string
{
    case Good = 'green';
    case Bad = 'red';
    case Note = 'yellow';
}
