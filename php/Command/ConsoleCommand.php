<?php

declare(strict_types=1);

namespace FfiZts\Command;

use Symfony\Component\Console\Command\Command as Base;
use Symfony\Component\Console\Completion\CompletionInput;
use Symfony\Component\Console\Completion\CompletionSuggestions;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/** A command of ours for symfony/console, of any of its majors from 5.4 to 8. */
final class ConsoleCommand extends Base
{
    /** @param \Closure(): Command $make called when the command runs, and not for a list or a completion */
    public function __construct(private readonly Definition $definition, private readonly \Closure $make)
    {
        parent::__construct();
    }

    public function complete(CompletionInput $input, CompletionSuggestions $suggestions): void
    {
        foreach ($this->definition->options as $option) {
            if ($option->choices !== [] && $input->mustSuggestOptionValuesFor($option->name)) {
                $suggestions->suggestValues($option->choices);
            }
        }
    }

    protected function configure(): void
    {
        $this->setName($this->definition->name);
        $this->setDescription($this->definition->summary);
        $this->setHelp(OutputFormatter::escape($this->definition->help));
        foreach ($this->definition->arguments as $argument) {
            $mode = ($argument->required ? InputArgument::REQUIRED : InputArgument::OPTIONAL) | ($argument->repeated ? InputArgument::IS_ARRAY : 0);
            $this->addArgument($argument->name, $mode, $argument->summary);
        }
        foreach ($this->definition->options as $option) {
            $mode = $option->value === null ? InputOption::VALUE_NONE : InputOption::VALUE_REQUIRED;
            $mode |= $option->repeated ? InputOption::VALUE_IS_ARRAY : 0;
            $this->addOption($option->name, $option->letter, $mode, $option->summary);
        }
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $arguments = $options = [];
        foreach ($this->definition->arguments as $argument) {
            $arguments[$argument->name] = $input->getArgument($argument->name);
        }
        foreach ($this->definition->options as $option) {
            $options[$option->name] = $input->getOption($option->name);
        }
        return ($this->make)()->run(new Input($arguments, $options), new ConsoleOutput($output));
    }
}
