/** The hosts that commands can put under test, by name. */
import { type HostSettings, LINUX6_HOST, RFC9293_HOST } from '../socket/settings.ts';
import { oneOf } from './arguments.ts';

export const PROFILES = ['linux-6', 'rfc9293'] as const;
export type Profile = (typeof PROFILES)[number];

export const HOSTS: Readonly<Record<Profile, HostSettings>> = { 'linux-6': LINUX6_HOST, rfc9293: RFC9293_HOST };

export const profile: (text: string) => Profile = oneOf('--profile', PROFILES);
