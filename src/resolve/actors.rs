//! A people and its country are one actor: "Russian officials" acted for Russia.

use std::collections::BTreeMap;

use super::{country, country_of_demonym};
use crate::document::{Entity, NameType};
use crate::span::EntityId;

/// The country an entity acts for: its own, for a country, or that of its people. None for everything else, also for
/// capitals, which stay cities.
pub fn actor_country(entity: &Entity) -> Option<&'static str> {
    match entity.kind {
        NameType::Gpe | NameType::Loc => country(&entity.name),
        NameType::Norp => country_of_demonym(&entity.name),
        _ => None,
    }
}

/// True where both entities are one actor: the same entity, or a country and its people.
pub fn same_actor(entities: &[Entity], a: EntityId, b: EntityId) -> bool {
    a == b || matches!((land(entities, a), land(entities, b)), (Some(x), Some(y)) if x == y)
}

/// The entity that stands for an actor: for a people its country, where the article names it, else `id` itself.
pub fn preferred_actor(entities: &[Entity], id: EntityId) -> EntityId {
    let Some(entity) = entities.get(id.index()) else {
        return id;
    };
    if entity.kind != NameType::Norp {
        return id;
    }
    let Some(land) = actor_country(entity) else {
        return id;
    };
    let named = |e: &Entity| e.kind != NameType::Norp && actor_country(e) == Some(land);
    entities.iter().position(named).map_or(id, EntityId::new)
}

/// [`preferred_actor`] of every entity, in one pass.
pub fn preferred_actors(entities: &[Entity]) -> Vec<EntityId> {
    let mut lands: BTreeMap<&str, EntityId> = BTreeMap::new();
    for (i, entity) in entities
        .iter()
        .enumerate()
        .filter(|(_, e)| e.kind != NameType::Norp)
    {
        if let Some(land) = actor_country(entity) {
            lands.entry(land).or_insert(EntityId::new(i));
        }
    }
    let of = |(i, e): (usize, &Entity)| match e.kind {
        NameType::Norp => actor_country(e)
            .and_then(|land| lands.get(land).copied())
            .unwrap_or(EntityId::new(i)),
        _ => EntityId::new(i),
    };
    entities.iter().enumerate().map(of).collect()
}

fn land(entities: &[Entity], id: EntityId) -> Option<&'static str> {
    entities.get(id.index()).and_then(actor_country)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(name: &str, kind: NameType) -> Entity {
        Entity {
            name: name.to_owned(),
            kind,
            mentions: Vec::new(),
        }
    }

    #[test]
    fn a_people_acts_for_its_country() {
        let all = [
            entity("Russian", NameType::Norp),
            entity("Moscow", NameType::Gpe),
            entity("Russian Federation", NameType::Gpe),
            entity("Turkish", NameType::Norp),
            entity("Kurds", NameType::Norp),
        ];
        let id = EntityId::new;
        assert!(same_actor(&all, id(0), id(2)) && same_actor(&all, id(4), id(4)));
        assert!(
            !same_actor(&all, id(0), id(1))
                && !same_actor(&all, id(3), id(4))
                && !same_actor(&all, id(0), id(99))
        );
        let preferred: Vec<u32> = (0..5).map(|i| preferred_actor(&all, id(i)).0).collect();
        assert_eq!(preferred, [2, 1, 2, 3, 4]);
        assert_eq!(
            preferred_actors(&all)
                .iter()
                .map(|e| e.0)
                .collect::<Vec<_>>(),
            preferred
        );
    }
}
