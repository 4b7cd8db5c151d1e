# SPDX-License-Identifier: MIT
# Completion of lamina's verbs, options and guest names for bash.
# Install as /usr/share/bash-completion/completions/lamina.

_lamina_verbs()
{
	lamina help --json 2>/dev/null | sed -n 's/^ *"name": "\(.*\)",*$/\1/p'
}

_lamina_guests()
{
	lamina list --json 2>/dev/null | sed -n 's/^ *"name": "\(.*\)",*$/\1/p' |
		grep -vx Domain-0
}

_lamina_options()
{
	lamina help "$1" 2>/dev/null | grep -o -- '--[a-z][a-z-]*'
}

_lamina()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local verb='' i

	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} != -* ]]; then
			verb=${COMP_WORDS[i]}
			break
		fi
	done

	COMPREPLY=()
	if [[ -z $verb ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_lamina_verbs) --json --help" -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_lamina_options "$verb")" -- "$cur")
	else
		case $verb in
		create)
			if [[ -z $cur ]]; then
				mapfile -t COMPREPLY < <(compgen -f -X '!*.cfg' -- /etc/lamina/guests/)
			fi
			compopt -o filenames 2>/dev/null
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
			;;
		help)
			mapfile -t COMPREPLY < <(compgen -W "$(_lamina_verbs)" -- "$cur")
			;;
		info | dmesg | dom0-init | cpu-online | cpu-offline)
			;;
		*)
			mapfile -t COMPREPLY < <(compgen -W "$(_lamina_guests)" -- "$cur")
			;;
		esac
	fi
}

complete -F _lamina lamina
